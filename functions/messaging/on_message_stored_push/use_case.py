"""Pushing stored messages: a batch of the stream at once, each device its own messages in their order.

A batch takes as long as the device with the most frames, and others' messages wait behind it. So of a burst in one
conversation only the newest are pushed: their numbers tell a device what it missed, and it reads that in one page.
"""

from __future__ import annotations

from collections import deque

from hospital import clock
from hospital.caller import system
from hospital.conversations.keys import conversation_key
from hospital.conversations.model import Conversation, Message
from hospital.conversations.sockets import tell_each
from hospital.conversations.store import conversations, messages
from hospital.push import Frame
from hospital.records import Item
from messaging.reminding import remind_of_message
from messaging.server_frames import MessageTold

NEWEST = 25
"""So many messages of one conversation a device is pushed of a batch."""


class Batch:
    """Messages as they came by the stream, and to whom each goes: all members who had joined by then, the sender's
    other devices included."""

    def __init__(self) -> None:
        self._conversations: dict[str, Conversation] = {}
        self._frames: dict[str, dict[str, deque[Frame]]] = {}
        self._stored: list[tuple[Message, list[str]]] = []

    def add(self, image: Item) -> None:
        """One more message."""
        message = messages.from_item(image)
        conversation = self._conversation(message.conversation_id)
        person_ids = [member.person_id for member in conversation.members if member.joined_seq <= message.seq]
        frame = MessageTold.of(message).plain()
        for person_id in person_ids:
            theirs = self._frames.setdefault(person_id, {})
            theirs.setdefault(conversation.id, deque(maxlen=NEWEST)).append(frame)
        self._stored.append((message, person_ids))

    def push(self) -> None:
        """Send them all. Members, the sender aside, none of whose devices took a message will be reminded of it: once
        a conversation, for what is unread is counted when the reminder is due."""
        frames = {one: [frame for some in told.values() for frame in some] for one, told in self._frames.items()}
        reached = tell_each(frames)
        reminded: set[tuple[str, str]] = set()
        for message, person_ids in self._stored:
            absent = [one for one in person_ids if one not in reached and not _wrote(one, message)]
            fresh = [one for one in absent if (message.conversation_id, one) not in reminded]
            by = system("on_message_stored_push", because=message.id)
            asked = remind_of_message(message, fresh, clock.now(), by)
            reminded.update((message.conversation_id, one) for one in asked)

    def _conversation(self, conversation_id: str) -> Conversation:
        if conversation_id not in self._conversations:
            self._conversations[conversation_id] = conversations.need(conversation_key(conversation_id))
        return self._conversations[conversation_id]


def _wrote(person_id: str, message: Message) -> bool:
    return message.sender is not None and message.sender.person_id == person_id
