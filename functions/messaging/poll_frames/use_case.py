"""Waiting for frames, and handing them out."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, Field

from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.catching_up import conversations_behind
from hospital.conversations.history import as_readers_see
from hospital.conversations.model import HEARTBEAT_SECONDS, PROTOCOL_VERSION, Connection, Message
from hospital.conversations.polls import SILENCE, get_poll, keep_poll, look_into, open_poll
from hospital.conversations.store import messages
from hospital.http import Command
from hospital.push import Frame
from hospital.records import Key
from hospital.work import Work
from messaging.answering import speaks
from messaging.frames import Have
from messaging.server_frames import MessageTold

LONGEST_WAIT = 20
"""Seconds: with what comes before and after, it stays within the gateway's 29."""

_LOOK_EVERY = 0.5
"""Seconds between two looks into a mailbox, of half a read unit each."""

_AT_ONCE = 100  # items in one read


class OpenPoll(Command):
    """As `hello`: which version of the protocol is spoken, by what device, and what it holds already."""

    v: int
    device: Annotated[str, Field(max_length=200)] = ""
    have: Have = Field(default_factory=dict)


class PollView(BaseModel):
    """The device's own id. It asks at least once a minute, until `ends_at`; then it begins anew."""

    poll_id: str
    v: int
    heartbeat_seconds: int
    ends_at: datetime
    behind: dict[str, int]


class AskForFrames(Command):
    """The frames up to number `after` have come; wait so long for the next ones. `have` as in `ping`."""

    after: Annotated[int, Field(ge=0, le=keys.LAST)]
    wait_seconds: Annotated[int, Field(ge=0, le=LONGEST_WAIT)] = LONGEST_WAIT
    have: Have = Field(default_factory=dict)


class NumberedFrame(BaseModel):
    """A frame as a socket would be sent it. Numbers go up; what was dropped on the way has none."""

    n: int
    frame: dict[str, Any]


class Frames(BaseModel):
    """What came, at once or after a while; `behind` as in `pong`."""

    frames: list[NumberedFrame]
    behind: dict[str, int]


def begin_polling(body: OpenPoll, *, by: Caller, now: datetime) -> PollView:
    """A new device of the caller's."""
    speaks(body.v)
    # A page whose answer was lost may ask for another one: what it does not know is forgotten in a minute.
    behind = conversations_behind(by.person_id, body.have)
    with Work(by=by) as work:
        device = open_poll(by, now, work)
        return work.answer(
            PollView(
                poll_id=device.id,
                v=PROTOCOL_VERSION,
                heartbeat_seconds=HEARTBEAT_SECONDS,
                ends_at=device.ends_at,
                behind=behind,
            )
        )


def wait_for_frames(poll_id: str, body: AskForFrames, *, by: Caller, now: datetime) -> Frames:
    """What waits for the device, as soon as there is something, or nothing after `wait_seconds`."""
    device = get_poll(poll_id, by, now)
    keep_poll(device, now + timedelta(seconds=body.wait_seconds) + SILENCE)
    behind = conversations_behind(by.person_id, body.have)
    until = time.monotonic() + body.wait_seconds
    while not (found := look_into(device.id, body.after)) and not behind and time.monotonic() < until:
        time.sleep(min(_LOOK_EVERY, max(0.0, until - time.monotonic())))
    if not found and not behind:
        behind = conversations_behind(by.person_id, body.have)
    return Frames(frames=_handed_out(found), behind=behind)


def known_poll(poll_id: str, *, by: Caller, now: datetime) -> Connection:
    """The device that sends a frame; it is not silent."""
    device = get_poll(poll_id, by, now)
    keep_poll(device, now + SILENCE)
    return device


def _handed_out(found: list[tuple[int, Frame]]) -> list[NumberedFrame]:
    said = _read(keys.message_key(frame["conversation_id"], frame["seq"]) for _, frame in found if _is_message(frame))
    frames = []
    for n, frame in found:
        if not _is_message(frame):
            frames.append(NumberedFrame(n=n, frame=frame))
        elif message := said.get((frame["conversation_id"], frame["seq"])):
            frames.append(NumberedFrame(n=n, frame=MessageTold.of(message).plain()))
    return frames


def _is_message(frame: Frame) -> bool:
    return bool(frame["type"] == "message")


def _read(places: Iterable[Key]) -> dict[tuple[str, int], Message]:
    """What readers see of the messages at those places."""
    wanted = list(dict.fromkeys(places))
    found = [one for n in range(0, len(wanted), _AT_ONCE) for one in messages.get_all(wanted[n : n + _AT_ONCE])]
    by_conversation: dict[str, list[Message]] = {}
    for one in found:
        by_conversation.setdefault(one.conversation_id, []).append(one)
    seen = [one for group in by_conversation.values() for one in as_readers_see(group)]
    return {(one.conversation_id, one.seq): one for one in seen}
