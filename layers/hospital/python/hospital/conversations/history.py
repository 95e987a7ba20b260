"""Reading what was said: pages by number, and what readers get to see of recalled messages.

Numbers have no gap, so a page tells by its ends whether something is left beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hospital.conversations import keys
from hospital.conversations.model import Membership, Message, Recall, Tail
from hospital.conversations.store import messages, recalls

RECALLED = "recalled"


Seq = Annotated[int, Field(ge=0, le=keys.LAST)]


class MessageSearch(BaseModel):
    """Which messages: those after a number (catching up), or before one (paging back); the newest without either."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Seq | None = None
    before: Seq | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if self.after is not None and self.before is not None:
            raise ValueError("either after or before")
        return self


@dataclass(frozen=True)
class Span:
    """The numbers that somebody may read: from `first` to `last`."""

    first: int
    last: int

    @classmethod
    def of(cls, place: Membership, tail: Tail) -> Span:
        """What a member may read, or one who left."""
        return cls(place.first_seq, tail.last_seq if place.left_seq is None else min(place.left_seq, tail.last_seq))


@dataclass(frozen=True)
class HistoryPage:
    """Messages in ascending order as they were stored. `complete`: nothing is left in the direction that was asked;
    `last_seq` is the last number there is to read."""

    messages: list[Message]
    complete: bool
    last_seq: int


def read_page(conversation_id: str, span: Span, search: MessageSearch) -> HistoryPage:
    """What of that span is asked for."""
    after, before, limit = search.after, search.before, search.limit
    newest_first = after is None
    first = span.first if after is None else max(span.first, after + 1)
    last = span.last if before is None else min(span.last, before - 1)
    if first > last:
        return HistoryPage([], True, span.last)
    pk, first_sk = keys.message_key(conversation_id, first)
    last_sk = keys.message_key(conversation_id, last).sk
    found, _ = messages.between(pk, first_sk, last_sk, limit=limit, newest_first=newest_first)
    complete = not found or found[-1].seq == (first if newest_first else last)
    return HistoryPage(found[::-1] if newest_first else found, complete, span.last)


def read_one(conversation_id: str, span: Span, seq: int) -> Message | None:
    """The message of that number as readers see it, if it is theirs to read."""
    if not span.first <= seq <= span.last:
        return None
    found = messages.get(keys.message_key(conversation_id, seq))
    return as_readers_see([found])[0] if found else None


def recalled_in(found: Iterable[Message]) -> dict[int, Recall]:
    """The recalls of messages of one conversation, by the number of the message."""
    numbers = [message.seq for message in found]
    if not numbers:
        return {}
    conversation_id = next(iter(found)).conversation_id
    pk, first = keys.recall_key(conversation_id, min(numbers))
    last = keys.recall_key(conversation_id, max(numbers)).sk
    there, _ = recalls.between(pk, first, last, limit=len(numbers))
    return {recall.seq: recall for recall in there}


def as_readers_see(found: list[Message]) -> list[Message]:
    """Messages of one conversation; of those that were recalled it says only that."""
    gone = recalled_in(found)
    return [message.having(type=RECALLED, content={}) if message.seq in gone else message for message in found]
