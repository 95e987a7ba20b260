"""A frame that came by a socket."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hospital.caller import Asked
from hospital.conversations.errors import HelloFirst
from hospital.conversations.keys import connection_key
from hospital.conversations.model import Connection
from hospital.conversations.store import connections
from identity.standing import standing_caller
from messaging.answering import answer_frame
from messaging.frames import frame_of


def known_socket(connection_id: str) -> Connection | None:
    """The socket, if it is one of ours."""
    return connections.get(connection_key(connection_id))


def answer_on_socket(connection_id: str, text: str, asked: Asked, *, now: datetime) -> dict[str, Any] | None:
    """The answer to a frame, if it has one; raises `DomainError`. The session behind the socket is read afresh."""
    socket = known_socket(connection_id)
    if socket is None:
        raise HelloFirst
    frame = frame_of(text)
    by = standing_caller(socket.session_id, socket.practitioner_role_id, socket.organisation_id, now, asked)
    return answer_frame(frame, socket, by, now)
