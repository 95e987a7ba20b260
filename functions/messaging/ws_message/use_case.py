"""What each frame does."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch
from typing import Any

from hospital import clock
from hospital.caller import Asked, Caller
from hospital.conversations.content import content_sent, content_type
from hospital.conversations.errors import HelloFirst, MessageTypeUnknown, VersionUnknown
from hospital.conversations.keys import connection_key
from hospital.conversations.model import HEARTBEAT_SECONDS, PROTOCOL_VERSION, RENEW_BEFORE, Connection, Mark, Sent
from hospital.conversations.sending import store_message
from hospital.conversations.store import connections, sockets
from hospital.errors import Forbidden
from hospital.work import Work
from identity.standing import standing_caller
from messaging.reading import raise_own_mark
from messaging.ws_message.frames import Delivered, Hello, Ping, Read, Send, frame_of

Answer = dict[str, Any]


def known_socket(connection_id: str) -> Connection | None:
    """The socket, if it is one of ours."""
    return connections.get(connection_key(connection_id))


def answer_frame(connection_id: str, text: str, asked: Asked, *, now: datetime) -> Answer:
    """The answer to a frame; raises `DomainError`. The session behind the socket is read afresh."""
    socket = known_socket(connection_id)
    if socket is None:
        raise HelloFirst
    frame = frame_of(text)
    by = standing_caller(socket.session_id, socket.practitioner_role_id, now, asked)
    if not socket.hello and not isinstance(frame, Hello):
        raise HelloFirst
    return _answer(frame, socket, by, now)


@singledispatch
def _answer(frame: object, socket: Connection, by: Caller, now: datetime) -> Answer:
    raise TypeError(frame)


@_answer.register
def _(frame: Hello, socket: Connection, by: Caller, now: datetime) -> Answer:
    if frame.v != PROTOCOL_VERSION:
        raise VersionUnknown(versions=[PROTOCOL_VERSION])
    if not socket.hello:
        with Work(by=by) as work:
            greeted = socket.having(hello=True)
            work.change(connections, socket, greeted)
            work.change(sockets, socket, greeted)
    return {
        "type": "welcome",
        "v": PROTOCOL_VERSION,
        "heartbeat_seconds": HEARTBEAT_SECONDS,
        "renew_at": clock.text(socket.ends_at - RENEW_BEFORE),
    }


@_answer.register
def _(frame: Send, socket: Connection, by: Caller, now: datetime) -> Answer:
    _may_take_part(by)
    if content_type(frame.type).holds in ("upload", "card"):
        raise MessageTypeUnknown
    content = content_sent(frame.type, frame.content)
    stored = store_message(frame.conversation_id, by, frame.id, frame.type, content, now)
    return _acknowledged(stored, frame.id)


@_answer.register
def _(frame: Read, socket: Connection, by: Caller, now: datetime) -> Answer:
    _may_take_part(by)
    mark, _ = raise_own_mark(frame.conversation_id, "read_seq", frame.seq, by=by)
    return _marked("read", mark, mark.read_seq)


@_answer.register
def _(frame: Delivered, socket: Connection, by: Caller, now: datetime) -> Answer:
    _may_take_part(by)
    mark, _ = raise_own_mark(frame.conversation_id, "delivered_seq", frame.seq, by=by)
    return _marked("delivered", mark, mark.delivered_seq)


@_answer.register
def _(frame: Ping, socket: Connection, by: Caller, now: datetime) -> Answer:
    return {"type": "pong"}


def _acknowledged(stored: Sent, client_id: str) -> Answer:
    return {
        "type": "ack",
        "id": client_id,
        "conversation_id": stored.conversation_id,
        "seq": stored.seq,
        "sent_at": clock.text(stored.sent_at),
    }


def _marked(type_: str, mark: Mark, seq: int) -> Answer:
    return {"type": type_, "conversation_id": mark.conversation_id, "person_id": mark.person_id, "seq": seq}


def _may_take_part(by: Caller) -> None:
    if not by.may("conversation:take_part"):
        raise Forbidden(permission="conversation:take_part")
