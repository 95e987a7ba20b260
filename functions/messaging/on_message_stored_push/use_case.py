"""Pushing a stored message."""

from __future__ import annotations

from hospital.conversations.keys import conversation_key
from hospital.conversations.store import conversations, messages
from hospital.records import Item
from messaging.answers import MessageView
from messaging.reading import push_to_person


def push_message(image: Item) -> None:
    """Send the message to all devices of all members, the sender's other devices included."""
    message = messages.from_item(image)
    conversation = conversations.need(conversation_key(message.conversation_id))
    frame = {"type": "message", "message": MessageView.of(message).model_dump(mode="json")}
    for member in conversation.members:
        push_to_person(member.person_id, frame)
