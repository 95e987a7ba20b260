"""Asking for an inspection."""

from __future__ import annotations

from datetime import datetime, timedelta

from hospital import ids
from hospital.caller import Caller
from hospital.inspections.events import InspectionAsked
from hospital.inspections.model import Inspection
from hospital.inspections.store import inspections
from hospital.work import Work
from house.keep_inspections.views import InspectionLine


def ask_for_inspection(hours: int, by: Caller, now: datetime) -> InspectionLine:
    """It is kept at once and run by whoever hears of it."""
    wanted = Inspection(
        id=ids.new_id("ins"),
        state="asked",
        asked_by=by.practitioner_role_id or by.person_id,
        asked_at=now,
        since=now - timedelta(hours=hours),
        until=now,
    )
    with Work(by=by) as work:
        asked = work.add(inspections, wanted)
        work.emit(InspectionAsked.of(asked))
        return work.answer(InspectionLine.of(asked, now))
