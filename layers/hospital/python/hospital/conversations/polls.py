"""Devices that poll, where WebSockets are blocked: a device has a mailbox instead of a socket.

What a socket would be sent is put into the mailbox under the next number, and taken out when the device says that it
has it. A mailbox holds no text of a message but its place: what is handed out is read then, so what was recalled
meanwhile is not handed out any more. A device that does not ask for a minute is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic import Field
from pynamodb.expressions.operand import Path

from hospital import clock, ids
from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.errors import PollOver
from hospital.conversations.model import SOCKET_LIFE, Connection
from hospital.conversations.store import sockets
from hospital.push import Frame
from hospital.records import Record
from hospital.table import Collection
from hospital.work import Work

SILENCE = timedelta(seconds=60)
"""A device that does not ask for so long is forgotten."""

MOST_FRAMES = 200
"""What a mailbox holds; whatever comes on top is dropped, as by a socket whose device does not read."""


class Mailbox(Record):
    """What waits for a device, as JSON texts: the last of `frames` has the number `last_n`. `id` is the device's."""

    frames: list[str] = Field(default_factory=list)
    last_n: int = 0
    ends_at: datetime


mailboxes = Collection(
    Mailbox,
    "connections",
    key=lambda one: keys.mailbox_key(one.id),
    expires=lambda one: one.ends_at,
    audited=False,  # like a socket: it lives for hours
)


def open_poll(by: Caller, now: datetime, work: Work) -> Connection:
    """A device of the caller's that will poll; it counts as greeted."""
    device = Connection(
        id=ids.new_id("pol"),
        person_id=by.person_id,
        session_id=by.session_id,
        practitioner_role_id=by.practitioner_role_id,
        organisation_id=by.organisation_id,
        opened_at=now,
        ends_at=now + SOCKET_LIFE,
        hello=True,
        polls=True,
        quiet_after=now + SILENCE,
    )
    work.add(sockets, device)
    work.add(mailboxes, Mailbox(id=device.id, ends_at=device.ends_at))
    return device


def get_poll(poll_id: str, by: Caller, now: datetime) -> Connection:
    """A device of the caller's session that is not forgotten; `PollOver` otherwise."""
    device = sockets.get(keys.socket_key(by.person_id, poll_id))
    if device is None or not device.polls or device.session_id != by.session_id or not device.is_there(now):
        raise PollOver
    return device


def keep_poll(device: Connection, until: datetime) -> None:
    """The device asked: it is not forgotten before that time."""
    key = sockets.key(device)
    quiet_after = sockets["quiet_after"]
    if sockets.table.update(key, [quiet_after.set(clock.text(until))], when=quiet_after.exists()) is None:
        raise PollOver


def put_in_mailbox(device: Connection, frames: Sequence[Frame]) -> bool | None:
    """Put frames behind those that wait. False when there is no room, None when there is no such mailbox any more."""
    texts = [json.dumps(_kept(frame), ensure_ascii=False, separators=(",", ":")) for frame in frames]
    key = keys.mailbox_key(device.id)
    waiting, last = mailboxes["frames"], mailboxes["last_n"]
    no_longer_than = Path(f"frames[{MOST_FRAMES - len(texts)}]").does_not_exist()
    room = mailboxes["id"].exists() & no_longer_than
    if mailboxes.table.update(key, [waiting.set(waiting.append(texts)), last.set(last + len(texts))], when=room):
        return True
    return None if mailboxes.get(key) is None else False


def look_into(poll_id: str, after: int) -> list[tuple[int, Frame]]:
    """(number, frame) of what waits beyond `after`; what the device has is taken out."""
    key = keys.mailbox_key(poll_id)
    # What was put in a moment ago may be seen at the next look: half the price, and nobody waits longer.
    found = mailboxes.get(key, consistent=False)
    if found is None:
        return []
    first = found.last_n - len(found.frames) + 1
    had = min(max(0, after + 1 - first), len(found.frames))
    left = found.frames[had:]
    if had:
        # Unless something was put in meanwhile: then the next look takes it out.
        mailboxes.table.update(key, [mailboxes["frames"].set(left)], when=mailboxes["last_n"] == found.last_n)
    return [(first + had + place, json.loads(text)) for place, text in enumerate(left)]


def _kept(frame: Frame) -> Frame:
    """The frame as it waits: of a message its place."""
    if frame["type"] != "message":
        return frame
    message = frame["message"]
    return {"type": "message", "conversation_id": message["conversation_id"], "seq": message["seq"]}
