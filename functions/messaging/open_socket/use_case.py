"""Giving out socket tickets."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital import ids, settings
from hospital.caller import Caller
from hospital.conversations.model import TICKET_LIFE, Ticket
from hospital.conversations.store import ticket_id, tickets
from hospital.work import Work


class TicketView(BaseModel):
    """Open `url?ticket=<ticket>` within `expires_in_seconds`, once."""

    ticket: str
    url: str
    expires_in_seconds: int


def give_ticket(*, by: Caller, now: datetime) -> TicketView:
    """A ticket that stands for the caller's session."""
    secret = ids.secret()
    ticket = Ticket(
        id=ticket_id(secret), person_id=by.person_id, session_id=by.session_id, expires_at=now + TICKET_LIFE
    )
    with Work(by=by) as work:
        work.add(tickets, ticket)
        return work.answer(
            TicketView(
                ticket=secret,
                url=settings.current().socket_url,
                expires_in_seconds=int(TICKET_LIFE.total_seconds()),
            )
        )
