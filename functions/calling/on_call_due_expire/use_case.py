"""Writing down what happened by itself."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.calls.events import CallDue
from hospital.calls.store import change_call, get_call
from hospital.relays.store import have_it_look
from hospital.work import Work


def on_call_due_expire(envelope: dict[str, Any], by: Caller) -> None:
    """Write it down, if nobody came in time."""
    now = clock.now()
    call = get_call(CallDue.told(envelope).subject)
    standing = call.as_of(now)
    if standing == call:
        return
    with Work(by=by, once=envelope["id"]) as work:
        stored = change_call(work, call, standing)
    if stored.node:
        have_it_look(stored.node, stored.id, now)
