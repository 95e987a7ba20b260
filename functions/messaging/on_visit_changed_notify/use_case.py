"""Telling open pages that a visit changed."""

from __future__ import annotations

from typing import Any

from hospital.caller import Caller
from hospital.visits.events import VisitEvent
from messaging.reading import push_to_person


def on_visit_changed_notify(envelope: dict[str, Any], by: Caller) -> None:
    """Push a notice to patient and doctor. Twice is harmless: it says only "look again"."""
    event = VisitEvent.told(envelope)
    frame = {"type": "notice", "topic": envelope["type"], "subject": event.subject, "sequence": event.sequence}
    for person_id in (event.person_id, event.doctor_person_id):
        push_to_person(person_id, frame)
