"""The line of a call in its conversation."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.calls.events import CallEnded
from hospital.calls.store import get_call
from hospital.conversations.errors import ConversationClosed
from hospital.conversations.keys import conversation_key
from hospital.conversations.model import Tail
from hospital.conversations.sending import NumberTaken, add_message, numbered
from hospital.conversations.store import conversations
from hospital.work import Work


def on_call_ended_write_record(envelope: dict[str, Any], by: Caller) -> None:
    """Write the line, once. Nothing can be added to a conversation that has closed: there the call itself tells."""
    call = get_call(CallEnded.told(envelope).subject)
    caller = call.member(call.caller_id)
    content = {
        "event": "call",
        "call_id": call.id,
        "media": call.media,
        "outcome": call.outcome,
        "seconds": call.seconds,
        "by": {"person_id": caller.person_id, "name": caller.name, "role": caller.role},
    }

    def attempt(tail: Tail) -> None:
        conversation = conversations.need(conversation_key(call.conversation_id))
        with Work(by=by, once=envelope["id"], met=NumberTaken()) as work:
            add_message(work, conversation, tail, None, None, "system", content, clock.now())

    try:
        numbered(call.conversation_id, attempt)
    except ConversationClosed:
        return
