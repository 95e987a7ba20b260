"""Reminding a patient of their consultation."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.conversations.sockets import devices_of
from hospital.visits.events import VisitEvent
from messaging.reminding import remind_of_visit


def on_visit_changed_remind(envelope: dict[str, Any], by: Caller) -> None:
    """Remember it for a patient who has no page open. Twice is harmless: it is one line in any case."""
    event = VisitEvent.told(envelope)
    if not devices_of(event.person_id):
        remind_of_visit(event.person_id, clock.now(), by)
