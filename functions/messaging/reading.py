"""Marking messages as read: by REST and by socket, the same act."""

from __future__ import annotations

from hospital.caller import Caller
from hospital.conversations.model import Membership, Tail
from hospital.conversations.store import (
    forget_socket,
    get_conversation,
    get_membership,
    get_tail,
    memberships,
    sockets_of,
)
from hospital.push import Frame, push


def mark_read(conversation_id: str, seq: int, *, by: Caller) -> tuple[Membership, Tail]:
    """The caller has read up to `seq`; the other members' open sockets are told."""
    conversation = get_conversation(conversation_id, by.person_id)
    place = get_membership(conversation_id, by.person_id)
    tail = get_tail(conversation_id)  # after the place: nobody has read beyond the end
    mark = place.read_to(seq, tail)
    if mark == place.read_seq:
        return place, tail
    # Two devices may mark at once: the higher mark stays, whichever comes last.
    memberships.table.update(
        memberships.key(place),
        [memberships["read_seq"].set(mark)],
        when=memberships["read_seq"] < mark,
    )
    frame = {"type": "read", "conversation_id": conversation_id, "person_id": by.person_id, "seq": mark}
    for member in conversation.members:
        push_to_person(member.person_id, frame)
    return place.having(read_seq=mark), tail


def push_to_person(person_id: str, frame: Frame) -> None:
    """Send a frame to every device of a person that said hello; forget those that are gone."""
    open_sockets = {socket.id: socket for socket in sockets_of(person_id) if socket.hello}
    for connection_id in push(open_sockets, frame):
        forget_socket(open_sockets[connection_id])
