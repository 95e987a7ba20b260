"""Who may call whom, and who may know of a call.

Who takes part in an open conversation calls the others in it. In a conversation about a visit staff calls: patients
write, and ring back once staff has called them there. A doctor whose time has come would otherwise be rung by all who
wait; whoever was called and missed it must not have to wait for the next call. Staff may also have colleagues of the
house rung, who then take part in the call alone: the record and what was written stay closed to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from hospital.caller import Caller
from hospital.calls.errors import (
    CallNotFound,
    NobodyToCall,
    PersonNotFound,
    StaffCallFirst,
    TooManyPeople,
)
from hospital.calls.keys import calls_of_key
from hospital.calls.members import Rung
from hospital.calls.model import MOST_PEOPLE, Call
from hospital.calls.store import calls, get_call
from hospital.conversations.errors import ConversationClosed, ConversationNotFound
from hospital.conversations.history import Span, read_one
from hospital.conversations.keys import conversation_key
from hospital.conversations.model import Conversation
from hospital.conversations.store import conversations, get_conversation, get_tail, seen_conversation
from hospital.errors import NotFound
from hospital.people.keys import role_key
from hospital.people.store import require_serving, roles
from hospital.policy import PERMISSIONS
from hospital.uploads.errors import FileNotFound
from hospital.visits.store import get_visit

HOLD = "call:hold"
SHOWN = ("image", "file")
"""Types of messages whose file can be shown in a call."""


def open_to_calls(conversation_id: str, by: Caller, now: datetime) -> Conversation:
    """The conversation, if the caller may ring in it. Raises `ConversationNotFound`, `ConversationClosed`,
    `StaffCallFirst`, and of doctors who treat `NotApproved`, `NotCheckedIn` (rule VISIT-REAL-DOCTOR)."""
    conversation = get_conversation(conversation_id, by.person_id)
    if conversation.state != "open":
        raise ConversationClosed
    if conversation.about is None:
        return conversation
    if not by.is_patient:
        require_serving(by.practitioner_role_id, now)
    elif not calls.page("of_conversation", calls_of_key(conversation_id), limit=1).items:
        raise StaffCallFirst  # the first call of a conversation was staff's, so any says that there was one
    return conversation


def rung_in(conversation: Conversation, people: Sequence[str] | None, by: Caller, now: datetime) -> list[Rung]:
    """Whom a call rings: those named, or all other members. Raises `NobodyToCall`, `TooManyPeople`,
    `PersonNotFound`."""
    if people is None:
        people = [one.person_id for one in conversation.members if one.person_id != by.person_id]
    wanted = [one for one in dict.fromkeys(people) if one != by.person_id]
    if not wanted:
        raise NobodyToCall
    if len(wanted) + 1 > MOST_PEOPLE:
        raise TooManyPeople(most=MOST_PEOPLE)
    members = {one.person_id: Rung(**one.author().model_dump()) for one in conversation.members}
    outside = [] if by.is_patient else [one for one in wanted if one not in members]
    known = members | dict(_colleagues(outside, conversation, now))
    if missing := [one for one in wanted if one not in known]:
        raise PersonNotFound(people=missing)
    once = {known[one].person_id: known[one] for one in wanted}
    return [one for person_id, one in once.items() if person_id != by.person_id]


def _colleagues(role_ids: Iterable[str], conversation: Conversation, now: datetime) -> list[tuple[str, Rung]]:
    """(role id, who works in it) of those at the conversation's house who may hold calls now."""
    found = roles.get_all(role_key(one) for one in role_ids)
    return [
        (role.id, Rung(person_id=role.person_id, name=role.name, role=role.role))
        for role in found
        if role.organisation_id == conversation.organisation_id and role.serves(now) and HOLD in PERMISSIONS[role.role]
    ]


def own_call(call_id: str, by: Caller) -> Call:
    """A call that rings the caller, or rang them; `CallNotFound` for everybody else."""
    call = get_call(call_id)
    call.member(by.person_id)
    return call


def file_to_show(call: Call, seq: int, by: Caller) -> None:
    """That the conversation's message of that number holds a picture or a file, and the caller may read it.
    `FileNotFound` otherwise, also for who takes part in the call alone."""
    try:
        _, place = seen_conversation(call.conversation_id, by.person_id)
    except ConversationNotFound:
        raise FileNotFound from None
    message = read_one(call.conversation_id, Span.of(place, get_tail(call.conversation_id)), seq)
    if message is None or message.type not in SHOWN:
        raise FileNotFound


def readable_call(call_id: str, by: Caller) -> Call:
    """A call of the caller's, of a conversation they read, or of a visit within their data scope."""
    call = get_call(call_id)
    if by.person_id in call.person_ids:
        return call
    try:
        require_reader(call.conversation_id, by)
    except ConversationNotFound:
        raise CallNotFound from None
    return call


def require_reader(conversation_id: str, by: Caller) -> None:
    """That the caller takes part in the conversation, or did; or is staff whose data scope reaches its visit.
    `ConversationNotFound` for everybody else."""
    try:
        seen_conversation(conversation_id, by.person_id)
    except ConversationNotFound:
        conversation = None if by.is_patient else conversations.get(conversation_key(conversation_id))
        if conversation is None or conversation.about is None:
            raise
        try:
            get_visit(conversation.about.id).read_by(by)
        except NotFound:
            raise ConversationNotFound from None
