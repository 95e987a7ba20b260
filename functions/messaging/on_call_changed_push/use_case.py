"""Telling devices of a call."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.calls.events import CallEvent
from hospital.calls.store import get_call
from hospital.calls.view import CallView
from hospital.conversations.sockets import tell
from messaging.server_frames import CallTold


def on_call_changed_push(envelope: dict[str, Any], by: Caller) -> None:
    """Push the call as it stands now, whichever event is told: twice is harmless, and a late one tells nothing old."""
    call = get_call(CallEvent.told(envelope).subject).as_of(clock.now())
    tell(call.person_ids, CallTold(call=CallView.of(call)).plain())
