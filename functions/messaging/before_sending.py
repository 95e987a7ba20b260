"""What is asked before a member's message is stored: whether its words may stand there, whether its card is theirs to
show.

An organisation's list of sensitive words is read once a minute and function, not with every message; a change of it is
heeded within that minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from hospital import settings
from hospital.caller import Caller
from hospital.conversations.content import content_type
from hospital.conversations.errors import ConversationNotFound, SensitiveWords
from hospital.conversations.keys import conversation_key, sent_key
from hospital.conversations.model import Flag, Message
from hospital.conversations.sending import AlongWith
from hospital.conversations.store import conversations, flags, get_conversation, sent
from hospital.conversations.words import SensitiveWord, Verdict, judged
from hospital.reference.keys import kind_key
from hospital.reference.store import items
from hospital.uploads.attaching import attachment
from hospital.work import Work
from messaging.cards import opened_card

_AT_ONCE = 100


@dataclass(frozen=True)
class Fit:
    """Content that may be stored, and what has to be written with it."""

    content: dict[str, Any]
    along: AlongWith | None = None


def fit_to_send(
    type_: str, content: dict[str, Any], conversation_id: str, client_id: str, *, by: Caller, now: datetime
) -> Fit:
    """The content as it may stand there: words covered, a flag beside it. Raises `SensitiveWords`, `CardNotFound`, or
    `ConversationNotFound` before either for who takes no part."""
    kind = content_type(type_)
    if kind.holds == "upload":
        held = attachment(type_, content["upload_id"], conversation_id, client_id, by=by)
        return Fit(held.content, held.bind)
    if kind.holds == "card":
        get_conversation(conversation_id, by.person_id)
        opened_card(content["card"]["type"], content["card"]["id"], by=by, now=now)
    found = {field: content[field] for field in kind.words if content.get(field)}
    words = _words_of(conversation_id, now) if found else ()
    if not words:
        return Fit(content)
    verdicts = {field: judged(text, words) for field, text in found.items()}
    if any(verdict.blocked for verdict in verdicts.values()):
        get_conversation(conversation_id, by.person_id)
        if sent.get(sent_key(f"{conversation_id}#{by.person_id}#{client_id}")) is None:
            raise SensitiveWords
        return Fit(content)  # it came through before the list forbade it: it gets the number it got
    return Fit(content | {field: verdict.text for field, verdict in verdicts.items()}, _flagging(verdicts))


def _flagging(verdicts: Mapping[str, Verdict]) -> AlongWith | None:
    words = tuple(dict.fromkeys(word for verdict in verdicts.values() for word in verdict.flagged))
    if not words:
        return None

    def flag(work: Work, message: Message) -> None:
        work.add(
            flags,
            Flag(
                id=f"{message.conversation_id}#{message.seq}",
                conversation_id=message.conversation_id,
                organisation_id=message.organisation_id,
                seq=message.seq,
                word_ids=words,
                at=message.sent_at,
            ),
        )

    return flag


def _words_of(conversation_id: str, now: datetime) -> tuple[SensitiveWord, ...]:
    here = settings.current()
    function = here.aws_lambda_function_name
    organisation_id = _organisation_of(here.table_conversations, function, conversation_id)
    return _words(here.table_reference, function, organisation_id, int(now.timestamp()) // 60)


@lru_cache(maxsize=4096)
def _organisation_of(table: str, function: str, conversation_id: str) -> str:
    """Whose conversation it is, which never changes."""
    return conversations.need(conversation_key(conversation_id), ConversationNotFound()).organisation_id


@lru_cache(maxsize=64)
def _words(table: str, function: str, organisation_id: str, minute: int) -> tuple[SensitiveWord, ...]:
    """An organisation's list, as it stood in that minute."""
    found, cursor = [], None
    while True:
        page = items.page("of_kind", kind_key("sensitive_words", organisation_id), cursor=cursor, limit=_AT_ONCE)
        found += [
            SensitiveWord(item.id, item.content["word"], item.content["act"]) for item in page.items if not item.retired
        ]
        cursor = page.cursor
        if cursor is None:
            return tuple(found)
