"""Telling open pages that a visit changed."""

from __future__ import annotations

from typing import Any

from hospital.caller import Caller
from hospital.conversations.sockets import tell
from hospital.visits.events import VisitEvent
from messaging.server_frames import Notice


def on_visit_changed_notify(envelope: dict[str, Any], by: Caller) -> None:
    """Push a notice to patient and doctor. Twice is harmless: it says only "look again"."""
    event = VisitEvent.told(envelope)
    notice = Notice(topic=envelope["type"], subject=event.subject, sequence=event.sequence)
    tell((event.person_id, event.doctor_person_id), notice.plain())
