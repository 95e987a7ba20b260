"""Routes of opening earlier visits."""

from __future__ import annotations

from consultation.answers import VisitView
from consultation.records import RecordedMessages, WhichVariant
from consultation.view_earlier_visits.use_case import earlier_file, earlier_messages, earlier_visits
from hospital import clock
from hospital.caller import Caller
from hospital.conversations.history import MessageSearch
from hospital.http import App
from hospital.paging import Page, Paging
from hospital.policy import can
from hospital.uploads.errors import FileNotFound
from hospital.uploads.opening import FileLink
from hospital.visits.errors import VisitMovedOn, VisitNotFound

app = App("view_earlier_visits")


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
    returns=RecordedMessages,
    errors=(VisitNotFound, VisitMovedOn),
)
def get_earlier_messages(who: Caller, visit_id: str, earlier_id: str, query: MessageSearch) -> RecordedMessages:
    """What was said and exchanged at one of them."""
    return RecordedMessages.of(earlier_messages(visit_id, earlier_id, query, by=who, now=clock.now()))


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
