"""The route into a room."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from calling.join_call.use_case import JoinView, join_call
from calling.whom import HOLD
from hospital import clock
from hospital.caller import Caller
from hospital.calls.errors import AnsweredElsewhere, CallMovedOn, CallNotFound, CallOver
from hospital.http import App, Command
from hospital.policy import can
from hospital.relays.errors import RelayMissing

app = App("join_call")


class JoinCall(Command):
    """By which device, and which relay it lost, if it comes again for that reason."""

    device: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$", description="That answered; or of who rang")]
    lost_node: Annotated[str, Field(max_length=64)] = ""


@app.route(
    "POST",
    "/calls/{call_id}/joins",
    allow=can(HOLD),
    body=JoinCall,
    returns=JoinView,
    errors=(CallNotFound, CallOver, CallMovedOn, AnsweredElsewhere, RelayMissing),
)
def post_join(who: Caller, call_id: str, body: JoinCall) -> JoinView:
    """Be let into the room of a call that one is in."""
    return join_call(call_id, body.device, body.lost_node, by=who, now=clock.now())
