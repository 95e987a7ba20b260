"""Routes of looking at visits."""

from __future__ import annotations

from consultation.answers import VisitView
from consultation.view_visits.use_case import my_visits, view_visit
from hospital import clock
from hospital.caller import Caller
from hospital.http import App
from hospital.paging import Page, Paging
from hospital.policy import can
from hospital.visits.errors import VisitNotFound
from hospital.visits.model import State

app = App("view_visits")


class VisitSearch(Paging):
    """Which visits."""

    state: State | None = None


@app.route("GET", "/visits", allow=can("visit:read"), query=VisitSearch, returns=Page[VisitView])
def get_visits(who: Caller, query: VisitSearch) -> Page[VisitView]:
    """The caller's visits, newest first."""
    return my_visits(query, state=query.state, by=who, now=clock.now()).each(VisitView.of)


@app.route("GET", "/visits/{visit_id}", allow=can("visit:read"), returns=VisitView, errors=(VisitNotFound,))
def get_visit(who: Caller, visit_id: str) -> VisitView:
    """One visit, with its place in the queue while it waits."""
    now = clock.now()
    return VisitView.with_place(view_visit(visit_id, by=who, now=now), now)
