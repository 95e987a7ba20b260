"""Where conversations, messages and sockets are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from hospital import clock, ids
from hospital.audit import OwnLine
from hospital.connection import LISTS
from hospital.conversations import keys
from hospital.conversations.errors import ConversationClosed, ConversationNotFound
from hospital.conversations.events import ConversationClosedForGood, ConversationOpened
from hospital.conversations.model import (
    About,
    AuditReading,
    Connection,
    Conversation,
    Export,
    Flag,
    Limits,
    Mark,
    Member,
    Membership,
    Message,
    Recall,
    Sent,
    Tail,
    Ticket,
)
from hospital.records import Key
from hospital.table import Collection
from hospital.work import Work

conversations = Collection(Conversation, "conversations", key=lambda one: keys.conversation_key(one.id))
# Not audited: a message is its own audit record, and the rest follows from it.
tails = Collection(
    Tail,
    "conversations",
    key=lambda tail: keys.tail_key(tail.id),
    audited=False,
    counts=lambda tail: (keys.messages_key(tail.id), "last_seq"),
)
messages = Collection(
    Message,
    "conversations",
    key=lambda one: keys.message_key(one.conversation_id, one.seq),
    own_line=lambda one: OwnLine(keys.messages_key(one.conversation_id), one.seq, one.sent_at, one.organisation_id),
)
sent = Collection(Sent, "conversations", key=lambda one: keys.sent_key(one.id), audited=False)
memberships = Collection(
    Membership,
    "conversations",
    key=lambda one: keys.member_key(one.conversation_id, one.person_id),
    lists={
        "of_person": lambda one: _listed(one),
        "open_of_person": lambda one: _listed(one) if one.open and one.left_seq is None else None,
    },
    audited=False,
)
marks = Collection(
    Mark,
    "conversations",
    key=lambda one: keys.mark_key(one.conversation_id, one.person_id),
    audited=False,
)
# The recalling message is the line that tells of it.
recalls = Collection(
    Recall, "conversations", key=lambda one: keys.recall_key(one.conversation_id, one.seq), audited=False
)
# Follows from the message and the list of words.
flags = Collection(
    Flag,
    "conversations",
    key=lambda one: keys.flag_key(one.conversation_id, one.seq),
    lists={
        "of_organisation": lambda one: Key(
            keys.flags_of_key(one.organisation_id), f"{clock.text(one.at)}#{one.conversation_id}#{one.seq:010d}"
        )
    },
    audited=False,
)
audit_readings = Collection(
    AuditReading, "conversations", key=lambda one: keys.reading_key(one.conversation_id, one.id)
)
exports = Collection(Export, "conversations", key=lambda one: keys.export_key(one.conversation_id, one.id))
# Sockets and tickets live for hours and seconds; the sign-in log says whose they were.
connections = Collection(
    Connection,
    "connections",
    key=lambda one: keys.connection_key(one.id),
    expires=lambda one: one.ends_at,
    audited=False,
)
sockets = Collection(
    Connection,
    "connections",
    key=lambda one: keys.socket_key(one.person_id, one.id),
    expires=lambda one: one.ends_at,
    audited=False,
)
tickets = Collection(
    Ticket, "requests", key=lambda one: keys.ticket_key(one.id), expires=lambda one: one.expires_at, audited=False
)


def _unlisted() -> list[Action]:
    """What takes a place out of the list `open_of_person`."""
    return [Path([f"{LISTS[1]}{end}"]).remove() for end in ("pk", "sk")]


def _listed(place: Membership) -> Key:
    return Key(keys.conversations_of_key(place.person_id), f"{clock.text(place.joined_at)}#{place.conversation_id}")


def get_conversation(conversation_id: str, person_id: str) -> Conversation:
    """A conversation in which that person takes part; `ConversationNotFound` otherwise."""
    found = conversations.get(keys.conversation_key(conversation_id)) if ids.is_id(conversation_id) else None
    if found is None:
        raise ConversationNotFound
    found.member(person_id)
    return found


def seen_conversation(conversation_id: str, person_id: str) -> tuple[Conversation, Membership]:
    """A conversation that a person may read, with what they may read of it: as a member, or as one who left."""
    place = memberships.get(keys.member_key(conversation_id, person_id)) if ids.is_id(conversation_id) else None
    if place is None:
        raise ConversationNotFound
    return conversations.need(keys.conversation_key(conversation_id), ConversationNotFound()), place


def get_tail(conversation_id: str) -> Tail:
    """The end of a conversation that exists."""
    return tails.need(keys.tail_key(conversation_id), ConversationNotFound())


def get_membership(conversation_id: str, person_id: str) -> Membership:
    """A member's place."""
    return memberships.need(keys.member_key(conversation_id, person_id), ConversationNotFound())


def open_conversation(
    work: Work,
    *,
    organisation_id: str,
    about: About,
    members: tuple[Member, ...],
    greeting: str,
    now: datetime,
    limits: Limits | None = None,
) -> Conversation:
    """Open the one conversation about something, with a first line by the hospital. Once: a second opening fails with
    `ChangedMeanwhile`."""
    limits = limits or Limits()
    conversation_id = keys.conversation_id_of_visit(about.id)
    opened = work.add(
        conversations,
        Conversation(
            id=conversation_id,
            organisation_id=organisation_id,
            about=about,
            members=members,
            limits=limits,
            opened_at=now,
        ),
    )
    work.add(tails, Tail(id=conversation_id, last_seq=1, messages_left=limits.messages, until=limits.until))
    work.add(messages, system_message(opened, 1, {"event": "said", "text": greeting}, now))
    for member in members:
        add_place(work, opened, member, now)
    work.emit(ConversationOpened.of(opened))
    return opened


def add_place(
    work: Work,
    conversation: Conversation,
    member: Member,
    now: datetime,
    first_seq: int = 1,
    before: Membership | None = None,
) -> Membership:
    """A member's place and mark: nothing read yet. Who was here `before` keeps the mark."""
    place = Membership(
        id=f"{conversation.id}#{member.person_id}",
        conversation_id=conversation.id,
        person_id=member.person_id,
        joined_at=now,
        first_seq=first_seq,
    )
    if before is not None:
        return work.change(memberships, before, place)
    # What was said before somebody came is not unread for them.
    mark = Mark(
        id=place.id, conversation_id=conversation.id, person_id=member.person_id, read_seq=member.joined_seq - 1
    )
    work.add(marks, mark)
    return work.add(memberships, place)


def leave_place(work: Work, conversation_id: str, person_id: str, left_seq: int) -> None:
    """The person reads up to `left_seq` from now on, and finds the conversation among all of theirs only."""
    changes = [memberships["left_seq"].set(left_seq), *_unlisted()]
    _change_place(work, conversation_id, person_id, changes)


def mute_place(work: Work, conversation_id: str, person_id: str, *, muted: bool) -> None:
    """The person is called for what comes here, or not."""
    _change_place(work, conversation_id, person_id, [memberships["muted"].set(muted)])


def _change_place(work: Work, conversation_id: str, person_id: str, changes: Sequence[Action]) -> None:
    """In place, so that what members turn (muting) and what happens to the conversation do not undo each other."""
    key = keys.member_key(conversation_id, person_id)
    work.update(memberships, key, changes, when=memberships["id"].exists(), otherwise=ConversationNotFound())


def close_conversation(work: Work, conversation: Conversation, now: datetime) -> None:
    """Nothing can be added from the moment this commits."""
    closed = work.change(conversations, conversation, conversation.close(now))
    work.update(
        tails,
        keys.tail_key(conversation.id),
        [tails["open"].set(False)],
        when=tails["open"] == True,  # noqa: E712 - an expression for DynamoDB
        otherwise=ConversationClosed(),
    )
    # Those whose conversations close with a visit are few; each finds it among all of theirs only.
    for member in conversation.members:
        _change_place(work, conversation.id, member.person_id, [memberships["open"].set(False), *_unlisted()])
    work.emit(ConversationClosedForGood.of(closed))


def system_message(conversation: Conversation, seq: int, content: dict[str, Any], now: datetime) -> Message:
    """What the hospital itself says in a conversation."""
    return Message(
        id=ids.new_id("msg"),
        conversation_id=conversation.id,
        organisation_id=conversation.organisation_id,
        seq=seq,
        type="system",
        content=content,
        sent_at=now,
    )


def sockets_of(person_id: str) -> list[Connection]:
    """The sockets that a person has open."""
    found, _ = sockets.between(keys.sockets_of_key(person_id), "CONNECTION#", "CONNECTION#~", limit=100)
    return found


def forget_socket(connection: Connection) -> None:
    """The socket is gone; twice is harmless."""
    for collection in (connections, sockets):
        collection.table.remove(collection.key(connection))


def ticket_id(ticket: str) -> str:
    """The id under which a ticket is kept."""
    return hashlib.sha256(ticket.encode(errors="replace")).hexdigest()
