"""Conversations among staff: opened, joined, left, renamed, headed. Whatever changes is a numbered message too, so that
nobody misses it and everybody sees it at the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from hospital import ids
from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.errors import AlreadyMember
from hospital.conversations.events import Change, ConversationChanged, ConversationOpened
from hospital.conversations.model import (
    Author,
    Conversation,
    History,
    Member,
    Membership,
    Message,
    Tail,
    Type,
    named_twice,
)
from hospital.conversations.sending import NumberTaken, add_message, numbered
from hospital.conversations.store import (
    add_place,
    conversations,
    get_conversation,
    leave_place,
    memberships,
    messages,
    system_message,
    tails,
)
from hospital.work import Work

AT_ONCE = 40
"""How many people one act takes in: a transaction holds a hundred items, and each person needs two."""


@dataclass(frozen=True)
class Done:
    """A conversation after an act, with its end, the message that tells of it, and the places that are new."""

    conversation: Conversation
    tail: Tail
    said: Message
    places: tuple[Membership, ...] = ()


A = TypeVar("A", bound=BaseModel)
Act = Callable[[Work, Conversation, int], Conversation]
Answer = Callable[[Done], A]


def direct_id(one: str, other: str) -> str:
    """The id of the conversation of two people: there is one."""
    return ids.derived_id("cnv", "direct", *sorted((one, other)))


def open_among(
    work: Work,
    type_: Type,
    people: Sequence[Author],
    *,
    by: Caller,
    now: datetime,
    name: str = "",
    history: History = "all",
) -> Done:
    """Open a conversation among people, the first of whom opens it. A direct one is opened once: a second opening fails
    with `ChangedMeanwhile`."""
    if twice := named_twice(people):
        raise AlreadyMember(person_ids=twice)
    first, second, *_ = *people, people[0]
    conversation = work.add(
        conversations,
        Conversation(
            id=ids.new_id("cnv") if type_ == "group" else direct_id(first.person_id, second.person_id),
            organisation_id=by.organisation_id,
            type=type_,
            name=name,
            owner_id=first.person_id if type_ == "group" else None,
            history=history,
            members=tuple(Member.joining(one, 1) for one in people),
            opened_at=now,
        ),
    )
    tail = work.add(tails, Tail(id=conversation.id, last_seq=1))
    content = {"event": "opened", "by": first.model_dump(), "members": _named(people)}
    said = work.add(messages, system_message(conversation, 1, content, now))
    places = tuple(add_place(work, conversation, member, now) for member in conversation.members)
    work.emit(ConversationOpened.of(conversation))
    return Done(conversation, tail, said, places)


def join(conversation_id: str, newcomers: Sequence[Author], *, by: Caller, now: datetime, answer: Answer[A]) -> A:
    """The owner takes people into a group. By the group's rule they read all of it, or what is said from now on."""
    people = [one.person_id for one in newcomers]

    def act(work: Work, before: Conversation, seq: int) -> Conversation:
        changed = _written(work, before, before.join(newcomers, seq, by.person_id), "joined", *people)
        were_here = {
            place.person_id: place
            for place in memberships.get_all(keys.member_key(conversation_id, one) for one in people)
        }
        first_seq = 1 if changed.history == "all" else seq
        for one in people:
            add_place(work, changed, changed.member(one), now, first_seq, were_here.get(one))
        return changed

    return _act(conversation_id, act, {"event": "joined", "members": _named(newcomers)}, by, now, answer)


def leave(conversation_id: str, person_id: str, *, by: Caller, now: datetime, answer: Answer[A]) -> A:
    """Somebody goes, or is sent away by the owner: they read up to the message that says so."""

    def act(work: Work, before: Conversation, seq: int) -> Conversation:
        changed = _written(work, before, before.leave(person_id, seq, by.person_id), "left", person_id)
        leave_place(work, conversation_id, person_id, seq)
        return changed

    member = get_conversation(conversation_id, by.person_id).other(person_id)
    return _act(conversation_id, act, {"event": "left", "member": member.author().model_dump()}, by, now, answer)


def rename(conversation_id: str, name: str, *, by: Caller, now: datetime, answer: Answer[A]) -> A:
    """The owner calls a group something else."""

    def act(work: Work, before: Conversation, seq: int) -> Conversation:
        return _written(work, before, before.rename(name, by.person_id), "renamed")

    return _act(conversation_id, act, {"event": "renamed", "name": name}, by, now, answer)


def pin(conversation_id: str, text: str, *, by: Caller, now: datetime, answer: Answer[A]) -> A:
    """What stands above the conversation."""

    def act(work: Work, before: Conversation, seq: int) -> Conversation:
        return _written(work, before, before.pin(text, by.person_id, now), "notice")

    return _act(conversation_id, act, {"event": "notice", "text": text}, by, now, answer)


def _act(conversation_id: str, act: Act, content: dict[str, Any], by: Caller, now: datetime, answer: Answer[A]) -> A:
    """Change the conversation and say so, in one transaction, whoever else writes meanwhile."""

    def attempt(tail: Tail) -> A:
        before = get_conversation(conversation_id, by.person_id)
        doer = before.member(by.person_id).author().model_dump()
        with Work(by=by, met=NumberTaken()) as work:
            changed = act(work, before, tail.last_seq + 1)
            said = add_message(work, changed, tail, None, None, "system", content | {"by": doer}, now)
            return work.answer(answer(Done(changed, tail.having(last_seq=said.seq), said)))

    return numbered(conversation_id, attempt)


def _written(work: Work, before: Conversation, after: Conversation, change: Change, *concerned: str) -> Conversation:
    changed = work.change(conversations, before, after, otherwise=NumberTaken())
    work.emit(ConversationChanged.to(changed, change, *concerned))
    return changed


def _named(people: Sequence[Author]) -> list[dict[str, Any]]:
    return [one.model_dump() for one in people]
