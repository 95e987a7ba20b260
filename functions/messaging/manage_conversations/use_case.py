"""Keeping conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.conversations import groups
from hospital.conversations.errors import ConversationNotFound, PractitionerNotFound
from hospital.conversations.groups import Done, direct_id
from hospital.conversations.keys import member_key, quick_replies_key
from hospital.conversations.marks import get_mark
from hospital.conversations.model import Author, History, Mark
from hospital.conversations.quick_replies import QuickReplies, quick_replies
from hospital.conversations.store import get_membership, memberships, mute_place
from hospital.errors import ChangedMeanwhile
from hospital.http import SchemaBroken
from hospital.people.keys import role_key
from hospital.people.store import roles
from hospital.policy import PERMISSIONS
from hospital.work import Work, decided_again
from messaging.answers import ConversationView
from messaging.viewing import viewed


class QuickRepliesView(BaseModel):
    """What the caller says often, in their order."""

    texts: tuple[str, ...]


def open_direct(practitioner_role_id: str | None, *, by: Caller, now: datetime) -> ConversationView:
    """The conversation of the caller with a colleague: the one they have, or a new one."""
    if practitioner_role_id is None:
        raise _missing("practitioner_role_id")
    me, other = _people([by.practitioner_role_id, practitioner_role_id])
    conversation_id = direct_id(me.person_id, other.person_id)
    if memberships.get(member_key(conversation_id, me.person_id)) is None:
        try:
            with Work(by=by) as work:
                return work.answer(_opened(groups.open_among(work, "direct", [me, other], by=by, now=now), by))
        except ChangedMeanwhile:
            pass  # the other one opened it at the same moment
    return viewed(conversation_id, me.person_id)


def open_group(
    name: str | None, practitioner_role_ids: Sequence[str], history: History, *, by: Caller, now: datetime
) -> ConversationView:
    """A new group of the caller and colleagues."""
    if name is None:
        raise _missing("name")
    people = _people([by.practitioner_role_id, *practitioner_role_ids])
    with Work(by=by) as work:
        done = groups.open_among(work, "group", people, by=by, now=now, name=name, history=history)
        return work.answer(_opened(done, by))


def add_members(
    conversation_id: str, practitioner_role_ids: Sequence[str], *, by: Caller, now: datetime
) -> ConversationView:
    """Take people into one's group."""
    get_membership(conversation_id, by.person_id)  # an outsider does not learn who works here
    newcomers = _people(practitioner_role_ids)
    return groups.join(conversation_id, newcomers, by=by, now=now, answer=lambda done: _changed(done, by))


def remove_member(conversation_id: str, person_id: str, *, by: Caller, now: datetime) -> ConversationView:
    """Leave a group, or send somebody out of one's own."""
    return groups.leave(conversation_id, person_id, by=by, now=now, answer=lambda done: _changed(done, by))


def rename_group(conversation_id: str, name: str, *, by: Caller, now: datetime) -> ConversationView:
    """Call one's group something else."""
    return groups.rename(conversation_id, name, by=by, now=now, answer=lambda done: _changed(done, by))


def pin_notice(conversation_id: str, text: str, *, by: Caller, now: datetime) -> ConversationView:
    """Pin a notice, or take it away."""
    return groups.pin(conversation_id, text, by=by, now=now, answer=lambda done: _changed(done, by))


def mute(conversation_id: str, *, muted: bool, by: Caller) -> ConversationView:
    """Turn the caller's own bell."""
    if get_membership(conversation_id, by.person_id).left_seq is not None:
        raise ConversationNotFound
    with Work(by=by) as work:
        mute_place(work, conversation_id, by.person_id, muted=muted)
        shown = viewed(conversation_id, by.person_id)
        return work.answer(shown.model_copy(update={"muted": muted}))


def view_quick_replies(*, by: Caller) -> QuickRepliesView:
    """The caller's own."""
    kept = quick_replies.get(quick_replies_key(by.person_id))
    return QuickRepliesView(texts=kept.texts if kept else ())


def keep_quick_replies(texts: tuple[str, ...], *, by: Caller) -> QuickRepliesView:
    """These take the place of those kept before; what stands there twice is kept once."""
    once = tuple(dict.fromkeys(texts))

    def decide() -> QuickRepliesView:
        before = quick_replies.get(quick_replies_key(by.person_id))
        with Work(by=by, doing="quick_replies.keep") as work:
            if before is None:
                work.add(quick_replies, QuickReplies(id=by.person_id, texts=once))
            else:
                work.change(quick_replies, before, before.having(texts=once))
            return work.answer(QuickRepliesView(texts=once))

    return decided_again(decide)


def _people(practitioner_role_ids: Sequence[str]) -> list[Author]:
    """The people who work in those roles, in that order, of whatever organisation: `PractitionerNotFound` when one is
    unknown, does not work any more, or takes part in no conversations."""
    found = {role.id: role for role in roles.get_all(role_key(one) for one in practitioner_role_ids)}
    people = []
    for one in practitioner_role_ids:
        role = found.get(one)
        if role is None or not role.active or "conversation:take_part" not in PERMISSIONS[role.role]:
            raise PractitionerNotFound(practitioner_role_ids=[one])
        people.append(Author(person_id=role.person_id, name=role.name, role=role.role))
    return people


def _opened(done: Done, by: Caller) -> ConversationView:
    """A new conversation, of which nobody has read anything."""
    place = next(one for one in done.places if one.person_id == by.person_id)
    marks = {
        one.person_id: Mark(id=one.id, conversation_id=one.conversation_id, person_id=one.person_id)
        for one in done.places
    }
    return ConversationView.of(done.conversation, done.tail, place, marks, done.said)


def _changed(done: Done, by: Caller) -> ConversationView:
    """A conversation after an act of the caller's, with the caller's own mark."""
    place = get_membership(done.conversation.id, by.person_id)
    if by.person_id not in {member.person_id for member in done.conversation.members}:
        place = place.having(left_seq=done.said.seq)
    mark = get_mark(done.conversation.id, by.person_id).seen_with(done.tail)
    return ConversationView.of(done.conversation, done.tail, place, {by.person_id: mark}, done.said)


def _missing(field: str) -> SchemaBroken:
    return SchemaBroken(fields=[{"field": field, "problem": "missing"}])
