"""What each frame does: the same for sockets and for devices that poll."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import singledispatch
from typing import Any

from hospital import clock, settings
from hospital.at_once import at_once
from hospital.caller import Caller
from hospital.conversations.catching_up import conversations_behind, newest_conversation
from hospital.conversations.content import content_sent
from hospital.conversations.errors import ActionUnknown, HelloFirst, VersionUnknown
from hospital.conversations.model import HEARTBEAT_SECONDS, PROTOCOL_VERSION, RENEW_BEFORE, Connection
from hospital.conversations.recalling import recall_message
from hospital.conversations.sending import store_message
from hospital.conversations.sockets import devices_of, tell
from hospital.conversations.store import connections, get_conversation, sockets
from hospital.errors import Forbidden
from hospital.work import Work
from messaging.before_sending import fit_to_send
from messaging.frames import Delivered, Frame, Hello, Ping, Present, Read, Recall, Send, Typing
from messaging.reading import raise_own_mark, told_of_typing
from messaging.server_frames import (
    Acknowledged,
    DeliveredTold,
    Pong,
    PresentTold,
    ReadTold,
    ServerFrame,
    TypingTold,
    Welcome,
)


def answer_frame(frame: Frame, device: Connection, by: Caller, now: datetime) -> dict[str, Any] | None:
    """The answer to a frame of a device, None when there is none to give; raises `DomainError`."""
    if not device.hello and not isinstance(frame, Hello):
        raise HelloFirst
    answer = _answer(frame, device, by, now)
    return answer.plain() if answer else None


@singledispatch
def _answer(frame: object, device: Connection, by: Caller, now: datetime) -> ServerFrame | None:
    _may_take_part(by)
    raise ActionUnknown


@_answer.register
def _(frame: Hello, device: Connection, by: Caller, now: datetime) -> Welcome:
    speaks(frame.v)
    if not device.hello:
        with Work(by=by) as work:
            greeted = device.having(hello=True)
            work.change(connections, device, greeted)
            work.change(sockets, device, greeted)
    # After the device is known: what is stored from here on is pushed to it, what was before is in `behind`.
    return Welcome(
        v=PROTOCOL_VERSION,
        heartbeat_seconds=HEARTBEAT_SECONDS,
        renew_at=clock.text(device.ends_at - RENEW_BEFORE),
        behind=conversations_behind(by.person_id, frame.have),
    )


@_answer.register
def _(frame: Ping, device: Connection, by: Caller, now: datetime) -> Pong:
    return Pong(behind=conversations_behind(by.person_id, frame.have), newest=newest_conversation(by.person_id))


@_answer.register
def _(frame: Send, device: Connection, by: Caller, now: datetime) -> Acknowledged:
    _may_take_part(by)
    content = content_sent(frame.type, frame.content)
    fit = fit_to_send(frame.type, content, frame.conversation_id, frame.id, by=by, now=now)
    stored = store_message(frame.conversation_id, by, frame.id, frame.type, fit.content, now, fit.along)
    return Acknowledged.of(stored, frame.id)


@_answer.register
def _(frame: Recall, device: Connection, by: Caller, now: datetime) -> Acknowledged:
    _may_take_part(by)
    within = timedelta(seconds=settings.current().recall_within_seconds)
    stored = recall_message(frame.conversation_id, frame.seq, by=by, client_id=frame.id, now=now, within=within)
    return Acknowledged.of(stored, frame.id)


@_answer.register
def _(frame: Read, device: Connection, by: Caller, now: datetime) -> ReadTold:
    _may_take_part(by)
    mark, _ = raise_own_mark(frame.conversation_id, "read_seq", frame.seq, by=by, device_id=device.id)
    return ReadTold.of(mark)


@_answer.register
def _(frame: Delivered, device: Connection, by: Caller, now: datetime) -> DeliveredTold:
    _may_take_part(by)
    mark, _ = raise_own_mark(frame.conversation_id, "delivered_seq", frame.seq, by=by, device_id=device.id)
    return DeliveredTold.of(mark)


@_answer.register
def _(frame: Typing, device: Connection, by: Caller, now: datetime) -> None:
    _may_take_part(by)
    conversation = get_conversation(frame.conversation_id, by.person_id)
    told = TypingTold(conversation_id=conversation.id, person_id=by.person_id)
    tell(told_of_typing(conversation, by), told.plain())


@_answer.register
def _(frame: Present, device: Connection, by: Caller, now: datetime) -> PresentTold:
    _may_take_part(by)
    conversation = get_conversation(frame.conversation_id, by.person_id)
    person_ids = [member.person_id for member in conversation.members]
    online = at_once(devices_of, person_ids)
    there = [person_id for person_id, devices in zip(person_ids, online, strict=True) if devices]
    return PresentTold(conversation_id=conversation.id, person_ids=there)


def speaks(version: int) -> None:
    """`VersionUnknown` unless this server speaks that version of the protocol."""
    if version != PROTOCOL_VERSION:
        raise VersionUnknown(versions=[PROTOCOL_VERSION])


def _may_take_part(by: Caller) -> None:
    if not by.may("conversation:take_part"):
        raise Forbidden(permission="conversation:take_part")
