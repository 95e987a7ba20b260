"""Opening a socket."""

from __future__ import annotations

from datetime import datetime

from hospital.caller import system
from hospital.conversations.errors import TicketOver
from hospital.conversations.keys import ticket_key
from hospital.conversations.model import SOCKET_LIFE, Connection
from hospital.conversations.store import connections, sockets, ticket_id, tickets
from hospital.sessions.errors import SessionOver
from hospital.sessions.keys import session_key
from hospital.sessions.store import sessions
from hospital.work import Work


def open_socket(connection_id: str, ticket: str, *, now: datetime) -> None:
    """Use up the ticket; the socket belongs to its session from here on."""
    found = tickets.need(ticket_key(ticket_id(ticket)), TicketOver())
    if now >= found.expires_at:
        raise TicketOver
    session = sessions.need(session_key(found.session_id), SessionOver())
    if not session.is_open(now):
        raise SessionOver
    socket = Connection(
        id=connection_id,
        person_id=found.person_id,
        session_id=found.session_id,
        practitioner_role_id=session.practitioner_role_id,
        organisation_id=session.organisation_id,
        opened_at=now,
        ends_at=now + SOCKET_LIFE,
    )
    with Work(by=system("ws_connect", because=connection_id)) as work:
        work.remove(tickets, found, otherwise=TicketOver())
        work.add(connections, socket)
        work.add(sockets, socket)
