"""What routes and sockets of this area say: conversations and messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from hospital.conversations.model import (
    About,
    Author,
    Conversation,
    Mark,
    Member,
    Membership,
    Message,
    PinnedNotice,
    State,
    Tail,
    Type,
)


class MessageView(BaseModel):
    """A message. `id` is the sender's own name for it; `sender` is null for what the hospital says."""

    conversation_id: str
    seq: int
    id: str | None
    sender: Author | None
    type: str
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


class MarkView(BaseModel):
    """How far a member has read, and how far a device of theirs has taken in."""

    read_seq: int
    delivered_seq: int


class LimitsView(BaseModel):
    """What is left: messages of the patient, and the moment at which it ends; null is without limit."""

    messages_left: int | None
    until: datetime | None


class ConversationView(BaseModel):
    """A conversation as one of its members sees it. `first_seq` is the first number they may read."""

    id: str
    type: Type
    name: str
    state: State
    about: About | None
    members: list[Member]
    owner_id: str | None
    notice: PinnedNotice | None
    limits: LimitsView
    muted: bool
    first_seq: int
    last_seq: int
    read_seq: int
    delivered_seq: int
    unread: int
    marks: dict[str, MarkView]
    last_message: MessageView | None
    opened_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(
        cls,
        conversation: Conversation,
        tail: Tail,
        place: Membership,
        marks: dict[str, Mark],
        last: Message | None,
    ) -> ConversationView:
        """The view of a conversation for the member whose place it is; `marks` holds at least their own."""
        mine = marks[place.person_id]
        end = tail.last_seq if place.left_seq is None else min(tail.last_seq, place.left_seq)
        here = place.left_seq is None
        return cls(
            id=conversation.id,
            type=conversation.type,
            name=conversation.name,
            state=conversation.state,
            about=conversation.about,
            # Who left is not told who came since, nor what is pinned now.
            members=[member for member in conversation.members if here or member.joined_seq <= end],
            owner_id=conversation.owner_id,
            notice=conversation.notice if here else None,
            limits=LimitsView(messages_left=tail.messages_left, until=tail.until),
            muted=place.muted,
            first_seq=place.first_seq,
            last_seq=end,
            read_seq=mine.read_seq,
            delivered_seq=mine.delivered_seq,
            unread=max(0, end - max(mine.read_seq, place.first_seq - 1)),
            marks={
                person_id: MarkView(read_seq=mark.read_seq, delivered_seq=mark.delivered_seq)
                for person_id, mark in marks.items()
            },
            last_message=MessageView.of(last) if last else None,
            opened_at=conversation.opened_at,
            closed_at=conversation.closed_at,
        )
