"""Sending what waits."""

from __future__ import annotations

from typing import Any

from adapters import sms
from hospital.caller import Caller
from hospital.sms.events import SmsDue, SmsMoved
from hospital.sms.leaving import leave
from hospital.sms.receiving import note_overdue


def on_sms_due_send(envelope: dict[str, Any], by: Caller) -> None:
    """Look how the message stands. Raises `Unavailable` while somebody else is at it: the queue brings it again."""
    if envelope["type"] == SmsMoved.TYPE:
        moved = SmsMoved.told(envelope)
        if moved.state == "queued":
            leave(moved.subject, sms.carriers(), by)
        return
    due = SmsDue.told(envelope)
    note_overdue(due.subject, by)
    leave(due.subject, sms.carriers(), by)
