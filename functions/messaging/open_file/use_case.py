"""Finding the file behind a message, and an address for it."""

from __future__ import annotations

from datetime import datetime

from hospital.caller import Caller
from hospital.conversations.history import Span, read_one
from hospital.conversations.store import get_tail, seen_conversation
from hospital.uploads.model import VariantName
from hospital.uploads.opening import FileLink, link_to


def link_to_file(conversation_id: str, seq: str, asked: VariantName, *, by: Caller, now: datetime) -> FileLink:
    """The address of one variant. `ConversationNotFound`, `FileNotFound`."""
    _, place = seen_conversation(conversation_id, by.person_id)
    message = read_one(conversation_id, Span.of(place, get_tail(conversation_id)), int(seq))
    return link_to(message.content if message is not None else {}, asked, now)
