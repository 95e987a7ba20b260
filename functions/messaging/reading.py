"""Marking messages as read or delivered: by REST and by socket, the same act."""

from __future__ import annotations

from hospital.caller import Caller
from hospital.conversations.marks import What, get_mark, raise_mark
from hospital.conversations.model import Mark, Tail, within
from hospital.conversations.store import forget_socket, get_conversation, get_tail, sockets_of
from hospital.push import Frame, push

FRAME_OF: dict[What, str] = {"read_seq": "read", "delivered_seq": "delivered"}


def raise_own_mark(conversation_id: str, what: What, seq: int, *, by: Caller) -> tuple[Mark, Tail]:
    """The caller has read up to `seq`, or a device of theirs has it; the members' open sockets are told."""
    conversation = get_conversation(conversation_id, by.person_id)
    tail = get_tail(conversation_id)
    seq = within(seq, tail)
    mark = get_mark(conversation_id, by.person_id).seen_with(tail)
    if seq <= getattr(mark, what):
        return mark, tail
    raise_mark(conversation_id, by.person_id, what, seq)
    frame = {"type": FRAME_OF[what], "conversation_id": conversation_id, "person_id": by.person_id, "seq": seq}
    for member in conversation.members:
        push_to_person(member.person_id, frame)
    return mark.having(**{what: seq}).seen_with(tail), tail


def push_to_person(person_id: str, frame: Frame) -> None:
    """Send a frame to every device of a person that said hello; forget those that are gone."""
    open_sockets = {socket.id: socket for socket in sockets_of(person_id) if socket.hello}
    for connection_id in push(open_sockets, frame):
        forget_socket(open_sockets[connection_id])
