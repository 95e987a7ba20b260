"""Conversations and messages: pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from hospital.caller import Role
from hospital.conversations.errors import ConversationClosed, ConversationNotFound, ReadMarkBeyondEnd
from hospital.records import SEALED, Record, Sealed

State = Literal["open", "closed"]
MessageType = Literal["text", "system"]

TICKET_LIFE = timedelta(seconds=30)
SOCKET_LIFE = timedelta(hours=2)
RENEW_BEFORE = timedelta(minutes=10)
HEARTBEAT_SECONDS = 60
PROTOCOL_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Member(_Part):
    """One who takes part, as they were called when they joined."""

    person_id: str
    name: str
    role: Role


class About(_Part):
    """What a conversation is about."""

    type: Literal["visit"]
    id: str


class Conversation(Record):
    """A conversation. What changes with every message lies in its `Tail`, so that closing it and writing in it do
    not overwrite each other."""

    organisation_id: str
    about: About
    members: Annotated[tuple[Member, ...], SEALED]
    state: State = "open"
    opened_at: datetime
    closed_at: datetime | None = None

    def member(self, person_id: str) -> Member:
        """The member; `ConversationNotFound` for everybody else."""
        for member in self.members:
            if member.person_id == person_id:
                return member
        raise ConversationNotFound

    def close(self, now: datetime) -> Self:
        """Nothing can be added from now on."""
        if self.state == "closed":
            raise ConversationClosed
        return self.having(state="closed", closed_at=now)


class Tail(Record):
    """The end of a conversation. `id` is the conversation's."""

    last_seq: int = 0
    open: bool = True


class Message(Record):
    """One message. `sender` is None for what the hospital itself says; `client_id` is the sender's name for it."""

    conversation_id: str
    organisation_id: str = ""
    seq: int
    client_id: str | None = None
    sender: Annotated[Member | None, SEALED] = None
    type: MessageType
    content: Annotated[dict[str, Any], SEALED]
    sent_at: datetime


class Sent(Record):
    """That a client's message was stored: under which number, and what it was. Short texts can be guessed from a hash,
    hence it is sealed."""

    conversation_id: str
    seq: int
    content_hash: Sealed
    sent_at: datetime


class Membership(Record):
    """A person's place in a conversation: how far they have read. `id` is `<conversation>#<person>`."""

    conversation_id: str
    person_id: str
    joined_at: datetime
    read_seq: int = 0

    def read_to(self, seq: int, tail: Tail) -> int:
        """The read mark after reading up to `seq`: it never goes back."""
        if seq > tail.last_seq:
            raise ReadMarkBeyondEnd(last_seq=tail.last_seq)
        return max(self.read_seq, seq)


class Ticket(Record):
    """Opens one socket within 30 seconds. `id` is a hash: the ticket itself is not stored."""

    person_id: str
    session_id: str
    expires_at: datetime


class Connection(Record):
    """An open socket. `id` is API Gateway's connection id. It may act once it has said `hello`."""

    person_id: str
    session_id: str
    practitioner_role_id: str = ""
    opened_at: datetime
    ends_at: datetime
    hello: bool = False
