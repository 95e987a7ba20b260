"""Telling open pages that a conversation among staff changed."""

from __future__ import annotations

from typing import Any

from hospital.caller import Caller
from hospital.conversations.events import ConversationEvent
from hospital.conversations.sockets import tell
from messaging.server_frames import Notice


def on_conversation_changed_notify(envelope: dict[str, Any], by: Caller) -> None:
    """Push a notice to all concerned. Twice is harmless: it says only "look again"."""
    event = ConversationEvent.told(envelope)
    if event.conversation_type == "visit" and envelope["type"] == "conversation.opened.v1":
        return  # the visit's own events say so
    notice = Notice(topic=envelope["type"], subject=event.subject, sequence=event.sequence)
    tell(dict.fromkeys((*event.person_ids, *envelope["data"].get("concerned", ()))), notice.plain())
