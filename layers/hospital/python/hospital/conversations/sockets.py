"""Telling people's devices something: open sockets, and the mailboxes of devices that poll.

All devices of all persons are told at the same time. Nothing is lost when one is not: messages have numbers, marks are
snapshots, and the heartbeat says how far a conversation goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hospital import clock
from hospital.at_once import at_once
from hospital.conversations.model import Connection
from hospital.conversations.polls import put_in_mailbox
from hospital.conversations.store import forget_socket, sockets_of
from hospital.errors import Unavailable
from hospital.observability import say
from hospital.push import Frame, push_to


def tell(person_ids: Iterable[str], frame: Frame, *, but: str = "") -> frozenset[str]:
    """Send a frame to every device of these persons but that one; whoever has one that took it."""
    return tell_each({person_id: [frame] for person_id in person_ids}, but=but)


def tell_each(frames: Mapping[str, Sequence[Frame]], *, but: str = "") -> frozenset[str]:
    """Send each person's devices that person's frames, in their order; whoever has one that took them."""
    found = at_once(devices_of, list(frames))
    devices = [device for devices in found for device in devices if device.id != but]

    def reach(device: Connection) -> bool:
        return _reached(device, frames[device.person_id])

    reached = at_once(reach, devices)
    return frozenset(device.person_id for device, there in zip(devices, reached, strict=True) if there)


def devices_of(person_id: str) -> list[Connection]:
    """Those of a person that are connected and said hello."""
    now = clock.now()
    return [device for device in sockets_of(person_id) if device.hello and device.is_there(now)]


def _reached(device: Connection, frames: Sequence[Frame]) -> bool:
    try:
        taken = put_in_mailbox(device, frames) if device.polls else push_to(device.id, frames)
        if taken is None:
            forget_socket(device)
    except Unavailable as refusal:  # the next heartbeat finds out; other devices are told all the same
        say("a device was not told", level="warning", failure=refusal, connection=device.id)
        return False
    return bool(taken)
