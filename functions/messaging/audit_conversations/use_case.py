"""Reading conversations as an auditor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from hospital import ids
from hospital.caller import Caller, Role
from hospital.conversations import keys
from hospital.conversations.errors import ConversationNotFound
from hospital.conversations.history import HistoryPage, MessageSearch, Span, read_page, recalled_in
from hospital.conversations.model import (
    About,
    AuditReading,
    Author,
    Conversation,
    Flag,
    FormerMember,
    Member,
    Membership,
    Message,
    Recall,
    State,
    Type,
)
from hospital.conversations.store import audit_readings, conversations, flags, get_tail, memberships
from hospital.paging import Page, Paging
from hospital.work import Work

_MOST_PLACES = 1000
"""A group holds 200 at a time; more have been in it."""


class AuditedMember(BaseModel):
    """One who takes or took part, and which messages they may read."""

    person_id: str
    name: str
    role: Role
    joined_seq: int
    left_seq: int | None

    @classmethod
    def of(cls, member: Member) -> AuditedMember:
        """The view of a member, present or former."""
        left = member.left_seq if isinstance(member, FormerMember) else None
        return cls(**member.model_dump(exclude={"left_seq"}), left_seq=left)


class AuditedConversation(BaseModel):
    """A conversation, with everybody who was ever in it."""

    id: str
    type: Type
    name: str
    state: State
    about: About | None
    members: list[AuditedMember]
    opened_at: datetime
    closed_at: datetime | None

    @classmethod
    def of(cls, conversation: Conversation) -> AuditedConversation:
        """The view of a conversation for an auditor."""
        everybody = (*conversation.members, *conversation.former)
        return cls(
            id=conversation.id,
            type=conversation.type,
            name=conversation.name,
            state=conversation.state,
            about=conversation.about,
            members=[AuditedMember.of(member) for member in everybody],
            opened_at=conversation.opened_at,
            closed_at=conversation.closed_at,
        )


class RecallView(BaseModel):
    """When a message was recalled, and by which message."""

    at: datetime
    by_seq: int


class AuditedMessage(BaseModel):
    """A message as it was written. `receivers` are the ids of those who may read it, or might
    before it was recalled."""

    seq: int
    id: str | None
    sender: Author | None
    receivers: list[str]
    type: str
    content: dict[str, Any]
    sent_at: datetime
    recalled: RecallView | None

    @classmethod
    def of(cls, message: Message, places: list[Membership], recall: Recall | None) -> AuditedMessage:
        """The view of a message for an auditor."""
        sender_id = message.sender.person_id if message.sender else ""
        return cls(
            seq=message.seq,
            id=message.client_id,
            sender=message.sender,
            receivers=[one.person_id for one in places if one.sees(message.seq) and one.person_id != sender_id],
            type=message.type,
            content=message.content,
            sent_at=message.sent_at,
            recalled=RecallView(at=recall.at, by_seq=recall.by_seq) if recall else None,
        )


class Audited(BaseModel):
    """Messages in ascending order, as they were written. `complete`: nothing is left in the direction asked for."""

    conversation: AuditedConversation
    items: list[AuditedMessage]
    complete: bool
    last_seq: int


def audit_messages(conversation_id: str, search: MessageSearch, *, by: Caller, now: datetime) -> Audited:
    """What was said, and a line that says that it was read. The line is written first: nothing is shown unnoted."""
    conversation = _of_own_organisation(conversation_id, by)
    span = Span(1, get_tail(conversation_id).last_seq)
    page = read_page(conversation_id, span, search)
    _note(conversation, page, by, now)
    first, last = (f"MEMBER#{end}" for end in ("", "~"))
    places, _ = memberships.between(keys.tail_key(conversation_id).pk, first, last, limit=_MOST_PLACES)
    recalls = recalled_in(page.messages)
    return Audited(
        conversation=AuditedConversation.of(conversation),
        items=[AuditedMessage.of(message, places, recalls.get(message.seq)) for message in page.messages],
        complete=page.complete,
        last_seq=page.last_seq,
    )


def flagged(paging: Paging, *, by: Caller) -> Page[Flag]:
    """The messages of the auditor's organisation that somebody should look at, the newest first."""
    return flags.page(
        "of_organisation",
        keys.flags_of_key(by.organisation_id),
        cursor=paging.cursor,
        limit=paging.limit,
        newest_first=True,
    )


def _of_own_organisation(conversation_id: str, by: Caller) -> Conversation:
    conversation = conversations.need(keys.conversation_key(conversation_id), ConversationNotFound())
    if not by.of_organisation(conversation.organisation_id):
        raise ConversationNotFound
    return conversation


def _note(conversation: Conversation, page: HistoryPage, by: Caller, now: datetime) -> None:
    numbers = [message.seq for message in page.messages]
    reading = AuditReading(
        id=ids.new_id("rdg"),
        conversation_id=conversation.id,
        organisation_id=conversation.organisation_id,
        first_seq=min(numbers, default=None),
        last_seq=max(numbers, default=None),
        at=now,
    )
    with Work(by=by, doing="conversation.audit") as work:
        work.add(audit_readings, reading)
