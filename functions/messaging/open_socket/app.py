"""The route that gives out tickets."""

from __future__ import annotations

from hospital import clock
from hospital.caller import Caller
from hospital.http import App
from hospital.policy import can
from messaging.open_socket.use_case import TicketView, give_ticket

app = App("open_socket")


@app.route("POST", "/tickets", allow=can("account:keep"), returns=TicketView, status=201)
def post_ticket(who: Caller) -> TicketView:
    """A ticket for one socket, and where to open it."""
    return give_ticket(by=who, now=clock.now())
