"""Conversations and messages: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from hospital.caller import Role
from hospital.conversations.errors import (
    AlreadyMember,
    ConversationClosed,
    ConversationLimitReached,
    ConversationNotFound,
    MemberNotFound,
    MessageNotYours,
    MessageRecalled,
    NotAGroup,
    NotTheOwner,
    ReadMarkBeyondEnd,
    RecallTooLate,
    TooManyMembers,
)
from hospital.records import SEALED, Record, Sealed

Type = Literal["visit", "direct", "group"]
State = Literal["open", "closed"]
History = Literal["all", "from_join"]

MOST_MEMBERS = 200
SPEAKERS = 8
"""How many last speakers a tail remembers: enough for nearly every conversation, and under a kilobyte."""

TICKET_LIFE = timedelta(seconds=30)
SOCKET_LIFE = timedelta(hours=2)
RENEW_BEFORE = timedelta(minutes=10)
HEARTBEAT_SECONDS = 60
PROTOCOL_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Author(_Part):
    """Who wrote a message, as they were called when they joined."""

    person_id: str
    name: str
    role: Role


class Member(Author):
    """One who takes part since the message of that number."""

    joined_seq: int = 1

    @classmethod
    def joining(cls, author: Author, seq: int) -> Self:
        """That person, from the message `seq` on."""
        return cls(person_id=author.person_id, name=author.name, role=author.role, joined_seq=seq)

    def author(self) -> Author:
        """The member as the author of a message."""
        return Author(person_id=self.person_id, name=self.name, role=self.role)


def named_twice(people: Sequence[Author]) -> list[str]:
    """The ids of those who stand there more than once."""
    ids = [one.person_id for one in people]
    return sorted({one for one in ids if ids.count(one) > 1})


class FormerMember(Member):
    """One who took part until the message of that number."""

    left_seq: int


class Limits(_Part):
    """How far a conversation goes: so many messages of its patients, or until a moment. None is without limit."""

    messages: int | None = None
    until: datetime | None = None


class PinnedNotice(_Part):
    """What stands above a conversation until another takes its place."""

    text: str
    by: Author
    at: datetime


class About(_Part):
    """What a conversation is about."""

    type: Literal["visit"]
    id: str


class Conversation(Record):
    """A conversation. What changes with every message lies in its `Tail`, so that closing it and writing in it do
    not overwrite each other."""

    organisation_id: str
    type: Type = "visit"
    about: About | None = None
    name: Sealed = ""
    owner_id: str | None = None
    history: History = "all"
    members: Annotated[tuple[Member, ...], SEALED]
    former: Annotated[tuple[FormerMember, ...], SEALED] = ()
    notice: Annotated[PinnedNotice | None, SEALED] = None
    limits: Limits = Limits()
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

    # -- what may happen to a group -------------------------------------------------------------------------------

    def join(self, newcomers: Sequence[Author], seq: int, by: str) -> Self:
        """Its owner takes people in, with the message `seq`."""
        self._owned(by)
        there = {member.person_id for member in self.members}
        if known := [one.person_id for one in newcomers if one.person_id in there] or named_twice(newcomers):
            raise AlreadyMember(person_ids=known)
        members = (*self.members, *(Member.joining(one, seq) for one in newcomers))
        if len(members) > MOST_MEMBERS:
            raise TooManyMembers(most=MOST_MEMBERS)
        return self.having(members=members)

    def leave(self, person_id: str, seq: int, by: str) -> Self:
        """Somebody goes, or its owner sends them away, with the message `seq`. A group whose owner goes is taken over
        by whoever has been in it longest."""
        member = self.member(by)
        if self.type != "group":
            raise NotAGroup
        if person_id != by:
            self._owned(by)
            member = self.other(person_id)
        rest = tuple(one for one in self.members if one.person_id != person_id)
        owner = self.owner_id if self.owner_id != person_id else next((one.person_id for one in rest), None)
        former = FormerMember(**member.model_dump(), left_seq=seq)
        return self.having(members=rest, former=(*self.former, former), owner_id=owner)

    def rename(self, name: str, by: str) -> Self:
        """Its owner calls it something else."""
        self._owned(by)
        return self.having(name=name)

    def pin(self, text: str, by: str, now: datetime) -> Self:
        """What stands above the conversation; an empty text takes it away. In groups it is the owner's, with a patient
        that of those who treat."""
        member = self.member(by)
        if (self.type == "group" and self.owner_id != by) or member.role == "patient":
            raise NotTheOwner
        return self.having(notice=PinnedNotice(text=text, by=member.author(), at=now) if text else None)

    def _owned(self, by: str) -> None:
        self.member(by)
        if self.type != "group":
            raise NotAGroup
        if self.owner_id != by:
            raise NotTheOwner

    def other(self, person_id: str) -> Member:
        """A member, for one who takes part too; `MemberNotFound` for everybody else."""
        try:
            return self.member(person_id)
        except ConversationNotFound:
            raise MemberNotFound from None


class Tail(Record):
    """The end of a conversation: what every message changes. `id` is the conversation's.

    `spoke` holds the last number of each of the latest speakers: who writes has read what stands above, so no mark of
    theirs has to be written with each message. `recalls` says whether readers need to look for recalled messages.
    """

    last_seq: int = 0
    open: bool = True
    spoke: dict[str, int] = Field(default_factory=dict)
    messages_left: int | None = None
    until: datetime | None = None
    recalls: int = 0

    def spoken(self, person_id: str, seq: int) -> tuple[dict[str, int], str | None]:
        """(`spoke` after that person wrote `seq`, whoever is no longer in it)."""
        spoke = {**self.spoke, person_id: seq}
        if len(spoke) <= SPEAKERS:
            return spoke, None
        silent = min(spoke, key=lambda one: spoke[one])
        return {one: last for one, last in spoke.items() if one != silent}, silent

    def taking(self, author: Author | None, now: datetime) -> int | None:
        """How many messages are left after one more by `author`; None without limit. The hospital itself may always
        speak while it is open."""
        if not self.open:
            raise ConversationClosed
        if author is None:
            return self.messages_left
        if self.until is not None and now >= self.until:
            raise ConversationLimitReached(limit="until")
        if author.role != "patient" or self.messages_left is None:
            return self.messages_left
        if self.messages_left == 0:
            raise ConversationLimitReached(limit="messages")
        return self.messages_left - 1


class Message(Record):
    """One message. `sender` is None for what the hospital itself says; `client_id` is the sender's name for it.

    `type` and `content` are those of `hospital.conversations.content`.
    """

    conversation_id: str
    organisation_id: str = ""
    seq: int
    client_id: str | None = None
    sender: Annotated[Author | None, SEALED] = None
    type: str
    content: Annotated[dict[str, Any], SEALED]
    sent_at: datetime

    def recallable(self, by: str, now: datetime, within: timedelta) -> None:
        """Refuses what that person may not recall now: what others wrote, what is a recall, what is too old."""
        if self.sender is None or self.sender.person_id != by:
            raise MessageNotYours
        if self.type == "recall":
            raise MessageRecalled
        if now - self.sent_at > within:
            raise RecallTooLate(within_seconds=int(within.total_seconds()))


class Recall(Record):
    """That the message `seq` is no longer shown to readers; `by_seq` is the message that says so. The original stays
    as it was stored, for the audit."""

    conversation_id: str
    seq: int
    by_seq: int
    at: datetime


class Flag(Record):
    """That somebody should look at a message for the sake of its words. `word_ids` are items of the organisation's
    list: the words themselves, and what was said, stand elsewhere."""

    conversation_id: str
    organisation_id: str
    seq: int
    word_ids: tuple[str, ...]
    at: datetime


class AuditReading(Record):
    """That an auditor read messages, from which number to which: none, when there were none to read."""

    conversation_id: str
    organisation_id: str
    first_seq: int | None = None
    last_seq: int | None = None
    at: datetime


class Export(Record):
    """The whole record of a conversation as one file: asked for, written by whoever hears of it, kept as written.

    `originals`: recalled messages stand there as they were written, as an auditor reads them. `written` counts the
    messages so far of `last_seq`; `sha256` (hexadecimal) and `size` are the file's.
    """

    conversation_id: str
    organisation_id: str
    asked_by: str
    originals: bool = False
    state: Literal["asked", "ready"] = "asked"
    last_seq: int
    written: int = 0
    asked_at: datetime
    ready_at: datetime | None = None
    sha256: str = ""
    size: int = 0

    def proceed(self, written: int) -> Self:
        """So many messages are written."""
        return self.having(written=written)

    def complete(self, sha256: str, size: int, now: datetime) -> Self:
        """The file lies there."""
        return self.having(state="ready", written=self.last_seq, sha256=sha256, size=size, ready_at=now)


class Sent(Record):
    """That a client's message was stored: under which number, and what it was. Short texts can be guessed from a hash,
    hence it is sealed."""

    conversation_id: str
    seq: int
    content_hash: Sealed
    sent_at: datetime


class Membership(Record):
    """A person's place in a conversation: from which number to which they may read. `id` is `<conversation>#<person>`;
    `open` is the conversation's, for the list of what is going on."""

    conversation_id: str
    person_id: str
    joined_at: datetime
    first_seq: int = 1
    left_seq: int | None = None
    muted: bool = False
    open: bool = True

    def sees(self, seq: int) -> bool:
        """Whether the message of that number is theirs to read."""
        return seq >= self.first_seq and (self.left_seq is None or seq <= self.left_seq)


class Mark(Record):
    """How far a member has read, and how far a device of theirs has taken in. `id` is `<conversation>#<person>`."""

    conversation_id: str
    person_id: str
    read_seq: int = 0
    delivered_seq: int = 0

    def seen_with(self, tail: Tail) -> Self:
        """The mark with what follows from having written: who writes has read what stands above."""
        read = max(self.read_seq, tail.spoke.get(self.person_id, 0))
        return self.having(read_seq=read, delivered_seq=max(self.delivered_seq, read))


def within(seq: int, tail: Tail) -> int:
    """`seq`, if it was given already."""
    if seq > tail.last_seq:
        raise ReadMarkBeyondEnd(last_seq=tail.last_seq)
    return seq


class Ticket(Record):
    """Opens one socket within 30 seconds. `id` is a hash: the ticket itself is not stored."""

    person_id: str
    session_id: str
    expires_at: datetime


class Connection(Record):
    """An open socket: `id` is API Gateway's connection id. It may act once it has said `hello`.

    Or a device that `polls`: then it is forgotten when it did not ask until `quiet_after`.
    """

    person_id: str
    session_id: str
    practitioner_role_id: str = ""
    organisation_id: str = ""
    opened_at: datetime
    ends_at: datetime
    hello: bool = False
    polls: bool = False
    quiet_after: datetime | None = None

    def is_there(self, now: datetime) -> bool:
        """Whether it may still be told something."""
        return now < self.ends_at and (self.quiet_after is None or now < self.quiet_after)
