"""Searching what was said in one's own conversations.

Messages are encrypted, so no index knows their words: they are read, the newest of each conversation first, up to a
budget. The answer says how far it came and where to go on; nobody is told "nothing" of what was not looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, Field

from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.history import MessageSearch, Span, as_readers_see, read_page
from hospital.conversations.model import Membership, Message
from hospital.conversations.store import get_membership, get_tail, memberships
from hospital.ids import PATTERN
from hospital.paging import CursorUnknown, Paging, decode_cursor, encode_cursor
from messaging.answers import MessageView

READS = 40
"""Pages of messages that one request reads at most."""
_PAGE = 100
_LIST = 25
_START = "-"
_NUMBER = re.compile(r"[0-9]{1,10}")
_SPOKEN = ("text", "name", "note")
"""The fields of a message's content in which people wrote."""


class WordSearch(Paging):
    """What to look for, and where: in all of one's conversations, or in one."""

    words: Annotated[str, Field(min_length=1, max_length=60)]
    conversation_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class SearchedTo(BaseModel):
    """The last message that was looked at."""

    conversation_id: str
    seq: int


class Found(BaseModel):
    """Messages that hold the words. With a `cursor` there is more to look at, from `searched_to` on; without one
    everything was looked at."""

    items: list[MessageView]
    searched_to: SearchedTo | None
    cursor: str | None


@dataclass
class _Search:
    words: str
    limit: int
    reads: int = field(default_factory=lambda: READS)
    found: list[Message] = field(default_factory=list)
    at: tuple[str, int] | None = None  # conversation and number that were looked at last

    @property
    def goes_on(self) -> bool:
        return self.reads > 0 and len(self.found) < self.limit

    def look_through(self, place: Membership, before: int | None) -> bool:
        """Look at a conversation from a number downwards; whether it was looked through."""
        tail = get_tail(place.conversation_id)
        span = Span.of(place, tail)
        while self.goes_on:
            page = read_page(place.conversation_id, span, MessageSearch(before=before, limit=_PAGE))
            self.reads -= 1
            shown = as_readers_see(page.messages) if tail.recalls else page.messages
            for message in reversed(shown):
                before = message.seq
                self.at = (place.conversation_id, message.seq)
                if self.words in _bare(_spoken(message)):
                    self.found.append(message)
                    if len(self.found) == self.limit:
                        return before == span.first
            if page.complete:
                return True
        return False


def search_messages(query: WordSearch, *, by: Caller) -> Found:
    """The caller's messages that hold the words, as far as this request came."""
    search = _Search(_bare(query.words), query.limit)
    if query.cursor and not _NUMBER.fullmatch(decode_cursor(query.cursor, 3)[2]):
        raise CursorUnknown
    after, first, before = decode_cursor(query.cursor, 3) if query.cursor else (_START, _START, "0")
    cursor = None
    for listed, place in _places(query, after, by):
        if first not in (_START, place.conversation_id):
            continue  # it was looked through by an earlier request
        start = int(before) if first == place.conversation_id else 0
        first = _START
        if not search.goes_on:
            cursor = encode_cursor(listed, place.conversation_id, "0")
            break
        if not search.look_through(place, start or None):
            seq = search.at[1] if search.at and search.at[0] == place.conversation_id else start
            cursor = encode_cursor(listed, place.conversation_id, str(seq))
            break
    if first != _START:
        raise CursorUnknown  # the conversation stands elsewhere now: somebody came back to it
    return Found(
        items=[MessageView.of(message) for message in search.found],
        searched_to=SearchedTo(conversation_id=search.at[0], seq=search.at[1]) if search.at else None,
        cursor=cursor,
    )


def _places(query: WordSearch, after: str, by: Caller) -> Iterator[tuple[str, Membership]]:
    """(cursor of the page of the list that it stands on, place), the last joined first."""
    if query.conversation_id is not None:
        yield _START, get_membership(query.conversation_id, by.person_id)
        return
    cursor: str | None = None if after == _START else after
    while True:
        page = memberships.page(
            "of_person", keys.conversations_of_key(by.person_id), cursor=cursor, limit=_LIST, newest_first=True
        )
        for place in page.items:
            yield cursor or _START, place
        cursor = page.cursor
        if cursor is None:
            return


def _spoken(message: Message) -> str:
    return "\n".join(str(message.content[name]) for name in _SPOKEN if name in message.content)


def _bare(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
