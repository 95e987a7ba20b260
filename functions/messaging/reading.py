"""Marking messages as read or delivered: by REST and by frames, the same act."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hospital.caller import Caller
from hospital.conversations.marks import What, get_mark, raise_mark
from hospital.conversations.model import Conversation, Mark, Tail, within
from hospital.conversations.sockets import tell
from hospital.conversations.store import get_conversation, get_tail
from hospital.push import Frame
from messaging.server_frames import DeliveredTold, MarkTold, ReadTold

MOST_TOLD = 20
"""Members up to which each hears of each other's marks and typing at once: beyond it, pushes would grow with the
square of the members. Larger groups see the marks when they look."""

_FRAMES: Mapping[What, type[MarkTold]] = MappingProxyType({"read_seq": ReadTold, "delivered_seq": DeliveredTold})


def raise_own_mark(conversation_id: str, what: What, seq: int, *, by: Caller, device_id: str = "") -> tuple[Mark, Tail]:
    """The caller has read up to `seq`, or a device of theirs has it; the members' devices are told, but for the one
    that says so: it gets an answer."""
    conversation = get_conversation(conversation_id, by.person_id)
    tail = get_tail(conversation_id)
    seq = within(seq, tail)
    mark = get_mark(conversation_id, by.person_id).seen_with(tail)
    if seq <= getattr(mark, what):
        return mark, tail
    raise_mark(conversation_id, by.person_id, what, seq)
    marked = mark.having(**{what: seq}).seen_with(tail)
    tell(told_of(conversation, by), _FRAMES[what].of(marked).plain(), but=device_id)
    return marked, tail


def told_of(conversation: Conversation, by: Caller) -> list[str]:
    """Who hears at once what a member does without saying anything: all members, or in a large group their own
    devices."""
    if len(conversation.members) > MOST_TOLD:
        return [by.person_id]
    return [member.person_id for member in conversation.members]


def push_to_person(person_id: str, frame: Frame) -> bool:
    """Tell one person; whether a device of theirs took it."""
    return person_id in tell([person_id], frame)
