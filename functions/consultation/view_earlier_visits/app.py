"""Routes of opening earlier visits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from consultation.answers import VisitView
from consultation.view_earlier_visits.use_case import earlier_file, earlier_messages, earlier_visits
from hospital import clock
from hospital.caller import Caller
from hospital.conversations.history import MessageSearch
from hospital.conversations.model import Author, Message
from hospital.http import App
from hospital.paging import Page, Paging
from hospital.policy import can
from hospital.uploads.errors import FileNotFound
from hospital.uploads.model import VariantName
from hospital.uploads.opening import FileLink
from hospital.visits.errors import VisitMovedOn, VisitNotFound

app = App("view_earlier_visits")


class WhichVariant(BaseModel):
    """A picture's `original` is the largest that is kept of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    variant: VariantName = "original"


class EarlierMessage(BaseModel):
    """A message of an earlier visit. Of one that was recalled it says only that."""

    conversation_id: str
    seq: int
    sender: Author | None
    type: str
    content: dict[str, Any]
    sent_at: datetime

    @classmethod
    def of(cls, message: Message) -> EarlierMessage:
        """The view of a message."""
        return cls(**{name: getattr(message, name) for name in cls.model_fields})


class EarlierMessages(BaseModel):
    """Messages in ascending order. `complete`: nothing is left in the direction that was asked."""

    items: list[EarlierMessage]
    complete: bool
    last_seq: int


@app.route(
    "GET",
    "/visits/{visit_id}/earlier",
    allow=can("visit:read_earlier"),
    query=Paging,
    returns=Page[VisitView],
    errors=(VisitNotFound, VisitMovedOn),
)
def get_earlier_visits(who: Caller, visit_id: str, query: Paging) -> Page[VisitView]:
    """Earlier visits of the patient whom the caller treats now, newest first, with what was concluded and advised."""
    return earlier_visits(visit_id, query, by=who, now=clock.now()).each(VisitView.of)


@app.route(
    "GET",
    "/visits/{visit_id}/earlier/{earlier_id}/messages",
    allow=can("visit:read_earlier"),
    query=MessageSearch,
    returns=EarlierMessages,
    errors=(VisitNotFound, VisitMovedOn),
)
def get_earlier_messages(who: Caller, visit_id: str, earlier_id: str, query: MessageSearch) -> EarlierMessages:
    """What was said and exchanged at one of them."""
    page = earlier_messages(visit_id, earlier_id, query, by=who, now=clock.now())
    return EarlierMessages(
        items=[EarlierMessage.of(message) for message in page.messages],
        complete=page.complete,
        last_seq=page.last_seq,
    )


@app.route(
    "GET",
    "/visits/{visit_id}/earlier/{earlier_id}/files/{seq}",
    allow=can("visit:read_earlier"),
    query=WhichVariant,
    returns=FileLink,
    errors=(VisitNotFound, VisitMovedOn, FileNotFound),
)
def get_earlier_file(who: Caller, visit_id: str, earlier_id: str, seq: str, query: WhichVariant) -> FileLink:
    """An address of five minutes for what was exchanged at one of them."""
    return earlier_file(visit_id, earlier_id, int(seq), query.variant, by=who, now=clock.now())
