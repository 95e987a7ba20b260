"""Marking messages as read or delivered: by REST and by frames, the same act."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hospital.caller import Caller
from hospital.conversations.marks import What, get_mark, raise_mark
from hospital.conversations.model import Conversation, Mark, Tail, within
from hospital.conversations.sockets import tell
from hospital.conversations.store import get_conversation, get_tail
from messaging.server_frames import DeliveredTold, MarkTold, ReadTold

MOST_TOLD = 5
"""Members up to which all hear of each other's marks at once. In larger groups, where every message is read by many,
pushes would grow with the square of the members: there those hear of it whose message was just read, and the others
see the marks when they look."""

MOST_HEARD = 20
"""Members up to which the others hear that somebody types."""

_FRAMES: Mapping[What, type[MarkTold]] = MappingProxyType({"read_seq": ReadTold, "delivered_seq": DeliveredTold})


def raise_own_mark(conversation_id: str, what: What, seq: int, *, by: Caller, device_id: str = "") -> tuple[Mark, Tail]:
    """The caller has read up to `seq`, or a device of theirs has it; the members' devices are told, but for the one
    that says so: it gets an answer."""
    conversation = get_conversation(conversation_id, by.person_id)
    tail = get_tail(conversation_id)
    seq = within(seq, tail)
    mark = get_mark(conversation_id, by.person_id).seen_with(tail)
    before: int = getattr(mark, what)
    if seq <= before:
        return mark, tail
    raise_mark(conversation_id, by.person_id, what, seq)
    marked = mark.having(**{what: seq}).seen_with(tail)
    tell(told_of_mark(conversation, tail, before, seq, by), _FRAMES[what].of(marked).plain(), but=device_id)
    return marked, tail


def told_of_mark(conversation: Conversation, tail: Tail, before: int, seq: int, by: Caller) -> list[str]:
    """Who hears at once that a member's mark went from `before` to `seq`: all members; in a large group the member's
    own devices, and those whose latest message lies between."""
    person_ids = [member.person_id for member in conversation.members]
    if len(person_ids) <= MOST_TOLD:
        return person_ids
    return [one for one in person_ids if one == by.person_id or before < tail.spoke.get(one, 0) <= seq]


def told_of_typing(conversation: Conversation, by: Caller) -> list[str]:
    """Who hears that a member types: the others, in a large group nobody."""
    if len(conversation.members) > MOST_HEARD:
        return []
    return [member.person_id for member in conversation.members if member.person_id != by.person_id]
