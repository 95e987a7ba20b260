"""The record of a visit as other staff read it: what was said and exchanged, as readers see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from hospital.conversations.history import HistoryPage, MessageSearch, Span, as_readers_see, read_one, read_page
from hospital.conversations.model import Author, Message
from hospital.conversations.store import get_tail
from hospital.uploads.errors import FileNotFound
from hospital.uploads.model import VariantName
from hospital.uploads.opening import FileLink, link_to
from hospital.visits.model import Visit


class WhichVariant(BaseModel):
    """A picture's `original` is the largest that is kept of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    variant: VariantName = "original"


class RecordedMessage(BaseModel):
    """A message of a visit's record. Of one that was recalled it says only that."""

    conversation_id: str
    seq: int
    sender: Author | None
    type: str
    content: dict[str, Any]
    sent_at: datetime

    @classmethod
    def of(cls, message: Message) -> RecordedMessage:
        """The view of a message."""
        return cls(**{name: getattr(message, name) for name in cls.model_fields})


class RecordedMessages(BaseModel):
    """Messages in ascending order. `complete`: nothing is left in the direction that was asked."""

    items: list[RecordedMessage]
    complete: bool
    last_seq: int

    @classmethod
    def of(cls, page: HistoryPage) -> RecordedMessages:
        """The view of a page."""
        items = [RecordedMessage.of(message) for message in page.messages]
        return cls(items=items, complete=page.complete, last_seq=page.last_seq)


def recorded_messages(visit: Visit, search: MessageSearch) -> HistoryPage:
    """What was said at a visit. One that was never taken has no messages."""
    if visit.conversation_id is None:
        return HistoryPage([], True, 0)
    end = get_tail(visit.conversation_id).last_seq
    page = read_page(visit.conversation_id, Span(1, end), search)
    return HistoryPage(as_readers_see(page.messages), page.complete, page.last_seq)


def recorded_file(visit: Visit, seq: int, asked: VariantName, now: datetime) -> FileLink:
    """An address for what was exchanged there; `FileNotFound`."""
    if visit.conversation_id is None:
        raise FileNotFound
    end = get_tail(visit.conversation_id).last_seq
    message = read_one(visit.conversation_id, Span(1, end), seq)
    return link_to(message.content if message is not None else {}, asked, now)
