"""Closing the sockets of a session."""

from __future__ import annotations

from typing import Any

from hospital.caller import Caller
from hospital.conversations.store import forget_socket, sockets_of
from hospital.push import close
from hospital.sessions.events import SessionRevoked


def on_session_revoked_close_sockets(envelope: dict[str, Any], by: Caller) -> None:
    """Close every socket of the session."""
    event = SessionRevoked.told(envelope)
    for socket in sockets_of(event.person_id):
        if socket.session_id == event.subject:
            if not socket.polls:
                close(socket.id)  # first: one that could not be closed has to be found again
            forget_socket(socket)
