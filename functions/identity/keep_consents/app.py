"""Routes of one's consents."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hospital import clock
from hospital.caller import Caller
from hospital.consents.errors import ConsentMovedOn, GuardianNeeded, TextChanged, TextNotFound
from hospital.consents.model import Act, Purpose
from hospital.families.errors import MemberNotFound, MemberPending
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.organisations.errors import OrganisationNotFound
from hospital.policy import can
from identity.keep_consents.use_case import (
    ConsentHistory,
    ConsentsView,
    ConsentView,
    decide_consent,
    view_consents,
    view_history,
)

app = App("keep_consents")

_KEEPS = can("consent:keep")
_OF_CHILD = (MemberNotFound, MemberPending)
SomeId = Annotated[str, Field(pattern=PATTERN)] | None


class WhichConsents(BaseModel):
    """Beside the platform's: of which organisation. Of which child, if not one's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organisation_id: SomeId = None
    family_member_id: SomeId = None


class WhichHistory(WhichConsents):
    """Of which purpose."""

    purpose: Purpose


class DecideConsent(Command):
    """To agree, to refuse, to withdraw. `text_version` is of the text that was shown; a withdrawal needs none."""

    purpose: Purpose
    act: Act
    organisation_id: SomeId = None
    text_version: Annotated[int, Field(ge=0, le=2**31)] = 0
    family_member_id: SomeId = None


@app.route(
    "GET",
    "/consents",
    allow=_KEEPS,
    query=WhichConsents,
    returns=ConsentsView,
    errors=(OrganisationNotFound, *_OF_CHILD),
)
def get_consents(who: Caller, query: WhichConsents) -> ConsentsView:
    """What one agreed to, and what one is asked for."""
    return view_consents(query.organisation_id, query.family_member_id, by=who, now=clock.now())


@app.route("GET", "/consents/history", allow=_KEEPS, query=WhichHistory, returns=ConsentHistory, errors=(TextNotFound,))
def get_history(who: Caller, query: WhichHistory) -> ConsentHistory:
    """What one decided about a purpose, and the text as it was signed."""
    return view_history(query.purpose, query.organisation_id or "", query.family_member_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/consents",
    allow=_KEEPS,
    body=DecideConsent,
    returns=ConsentView,
    errors=(ConsentMovedOn, GuardianNeeded, OrganisationNotFound, TextChanged, *_OF_CHILD),
)
def post_consent(who: Caller, body: DecideConsent) -> ConsentView:
    """Decide about one purpose."""
    return decide_consent(
        body.purpose,
        body.act,
        body.organisation_id or "",
        body.text_version,
        body.family_member_id,
        by=who,
        now=clock.now(),
    )
