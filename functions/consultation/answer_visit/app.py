"""Routes of answering an application."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from consultation.answer_visit.use_case import accept_visit, refuse_visit, waiting_visits
from consultation.answers import VisitView
from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.paging import Page, Paging
from hospital.people.errors import NotApproved, NotCheckedIn
from hospital.policy import can
from hospital.visits.errors import NotTheDoctor, ReasonUnknown, VisitMovedOn, VisitNotFound

app = App("answer_visit")

_REFUSALS = (VisitNotFound, NotTheDoctor, VisitMovedOn)


class AcceptVisit(Command):
    """Nothing to add."""


class RefuseVisit(Command):
    """A reason from the organisation's list, and words of the doctor's own."""

    reason_id: Annotated[str, Field(pattern=PATTERN)]
    words: Annotated[str, Field(max_length=500)] = ""


@app.route("GET", "/queue", allow=can("visit:answer"), query=Paging, returns=Page[VisitView])
def get_queue(who: Caller, query: Paging) -> Page[VisitView]:
    """Who waits for the caller, longest first."""
    return waiting_visits(query, by=who, now=clock.now()).each(VisitView.of)


@app.route(
    "POST",
    "/visits/{visit_id}/accept",
    allow=can("visit:answer"),
    body=AcceptVisit,
    returns=VisitView,
    errors=(*_REFUSALS, NotApproved, NotCheckedIn),
)
def post_accept(who: Caller, visit_id: str, body: AcceptVisit) -> VisitView:
    """Take an application."""
    return accept_visit(visit_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/visits/{visit_id}/refuse",
    allow=can("visit:answer"),
    body=RefuseVisit,
    returns=VisitView,
    errors=(*_REFUSALS, ReasonUnknown),
)
def post_refuse(who: Caller, visit_id: str, body: RefuseVisit) -> VisitView:
    """Decline an application, with a reason."""
    return refuse_visit(visit_id, body.reason_id, body.words, by=who, now=clock.now())
