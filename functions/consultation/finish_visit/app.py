"""Routes of finishing."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from consultation.answers import VisitView
from consultation.finish_visit.use_case import finish_visit
from hospital import clock
from hospital.caller import Caller
from hospital.http import App, Command
from hospital.policy import can
from hospital.visits.errors import NotTheDoctor, VisitMovedOn, VisitNotFound

app = App("finish_visit")


class FinishVisit(Command):
    """What the doctor concludes, and advises."""

    conclusion: Annotated[str, Field(min_length=2, max_length=2000)]
    advice: Annotated[str, Field(min_length=2, max_length=4000)]


@app.route(
    "POST",
    "/visits/{visit_id}/finish",
    allow=can("visit:finish"),
    body=FinishVisit,
    returns=VisitView,
    errors=(VisitNotFound, NotTheDoctor, VisitMovedOn),
)
def post_finish(who: Caller, visit_id: str, body: FinishVisit) -> VisitView:
    """End the consultation with a summary."""
    return finish_visit(visit_id, body.conclusion, body.advice, by=who, now=clock.now())
