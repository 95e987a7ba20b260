"""Expiring a visit that nobody answered."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.visits.errors import VisitMovedOn
from hospital.visits.events import VisitAnswerDue, VisitExpired
from hospital.visits.store import get_visit, give_up_place, visits
from hospital.work import Work


def on_visit_answer_due_expire_visit(envelope: dict[str, Any], by: Caller) -> None:
    """Write down that the visit expired, if it still waits."""
    visit = get_visit(VisitAnswerDue.told(envelope).subject)
    try:
        expired = visit.expire(clock.now())
    except VisitMovedOn:
        return  # answered in time
    with Work(by=by, once=envelope["id"]) as work:
        expired = work.change(visits, visit, expired)
        give_up_place(work, expired)
        work.emit(VisitExpired.of(expired))
