"""What routes and sockets of this area say: conversations and messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from hospital.conversations.model import About, Conversation, Member, Membership, Message, MessageType, State, Tail


class MessageView(BaseModel):
    """A message. `id` is the sender's own name for it; `sender` is null for what the hospital says."""

    conversation_id: str
    seq: int
    id: str | None
    sender: Member | None
    type: MessageType
    content: dict[str, Any]
    sent_at: datetime

    @classmethod
    def of(cls, message: Message) -> MessageView:
        """The view of a message for any member."""
        return cls(
            conversation_id=message.conversation_id,
            seq=message.seq,
            id=message.client_id,
            sender=message.sender,
            type=message.type,
            content=message.content,
            sent_at=message.sent_at,
        )


class ConversationView(BaseModel):
    """A conversation as one of its members sees it."""

    id: str
    state: State
    about: About
    members: list[Member]
    last_seq: int
    read_seq: int
    unread: int
    last_message: MessageView | None
    opened_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(
        cls, conversation: Conversation, tail: Tail, membership: Membership, last: Message | None
    ) -> ConversationView:
        """The view of a conversation for the member whose place it is."""
        return cls(
            id=conversation.id,
            state=conversation.state,
            about=conversation.about,
            members=list(conversation.members),
            last_seq=tail.last_seq,
            read_seq=membership.read_seq,
            unread=tail.last_seq - membership.read_seq,
            last_message=MessageView.of(last) if last else None,
            opened_at=conversation.opened_at,
            closed_at=conversation.closed_at,
        )
