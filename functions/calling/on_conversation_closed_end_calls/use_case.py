"""Ending the calls of a conversation."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.calls.keys import call_key, calls_of_key
from hospital.calls.store import calls, change_call
from hospital.conversations.events import ConversationEvent
from hospital.relays.store import have_it_look
from hospital.work import Work, decided_again

_LATEST = 10
"""People are in one call at a time, and those of a visit are few: older calls are over."""


def on_conversation_closed_end_calls(envelope: dict[str, Any], by: Caller) -> None:
    """End what is still going on. What is over already stays as it ended."""
    conversation_id = ConversationEvent.told(envelope).subject
    for call in calls.page("of_conversation", calls_of_key(conversation_id), limit=_LATEST, newest_first=True).items:
        decided_again(lambda call_id=call.id: _end(call_id, by))  # type: ignore[misc]


def _end(call_id: str, by: Caller) -> None:
    now = clock.now()
    before = calls.need(call_key(call_id))
    if before.state == "ended":
        return
    after = before.closed(now)
    with Work(by=by) as work:
        change_call(work, before, after)
    if before.node:
        have_it_look(before.node, call_id, now)
