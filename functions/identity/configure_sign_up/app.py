"""Routes of what terminals ask."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.policy import anyone, can
from hospital.sign_up.errors import FaceAlone
from hospital.sign_up.model import Way, When
from hospital.terminals import Terminal
from identity.configure_sign_up import use_case
from identity.configure_sign_up.use_case import SignUpFlowView

app = App("configure_sign_up")


class FlowAsked(BaseModel):
    """At which terminal, and of which organisation; without one, the platform's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    terminal: Terminal
    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class SetSignUpFlow(Command):
    """Everything that the terminal asks, in place of what was read as `version` (0: nothing was set)."""

    terminal: Terminal
    version: Annotated[int, Field(ge=0, le=2**31)]
    asks_name: bool
    real_name: When
    ways: Annotated[list[Way], Field(min_length=1, max_length=4)]
    card: When
    family: bool
    wechat: bool

    def content(self) -> dict[str, Any]:
        """The flow's own fields."""
        return self.model_dump(exclude={"terminal", "version"})


@app.route("GET", "/sign-up-flow", allow=anyone, query=FlowAsked, returns=SignUpFlowView)
def get_flow(query: FlowAsked) -> SignUpFlowView:
    """What the terminal asks of a new patient."""
    return use_case.view_flow(query.organisation_id or "", query.terminal)


@app.route(
    "PUT",
    "/sign-up-flow",
    allow=can("sign_up:configure"),
    body=SetSignUpFlow,
    returns=SignUpFlowView,
    errors=(ChangedMeanwhile, FaceAlone),
)
def put_flow(who: Caller, body: SetSignUpFlow) -> SignUpFlowView:
    """Set what one terminal asks: of the caller's organisation, or of the platform."""
    return use_case.set_flow(body.terminal, body.version, body.content(), by=who)
