"""Routes of e-health cards."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hospital import clock
from hospital.caller import Caller
from hospital.consents.errors import ConsentMissing
from hospital.errors import Unavailable
from hospital.families.errors import MemberNotFound, MemberPending
from hospital.health_cards.errors import (
    ChannelNotOffered,
    CodeRefused,
    HealthCardNotFound,
    NotIssued,
    TooManyApplications,
)
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.policy import can
from hospital.verifications.errors import NotVerified
from identity.keep_health_cards import use_case
from identity.keep_health_cards.answers import CodeView, HealthCardsView, HealthCardView

app = App("keep_health_cards")

_KEEPS = can("card:keep")
_WHOSE = (NotVerified, MemberNotFound, MemberPending, ConsentMissing)
MemberId = Annotated[str, Field(pattern=PATTERN, description="A member of the family; oneself without it")]


class WhoseCards(BaseModel):
    """Whose cards: one's own, or those of a member of the family for whom one acts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    family_member_id: MemberId | None = None


class ApplyForCard(Command):
    """`grant` is what the channel's own application gave the person, where it works so."""

    channel: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,29}$")]
    family_member_id: MemberId | None = None
    grant: Annotated[str, Field(max_length=500)] = ""


@app.route("GET", "/health-cards", allow=_KEEPS, query=WhoseCards, returns=HealthCardsView, errors=_WHOSE)
def get_health_cards(who: Caller, query: WhoseCards) -> HealthCardsView:
    """Through which channels one may apply, and what was applied for."""
    return use_case.view_cards(query.family_member_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/health-cards",
    allow=_KEEPS,
    body=ApplyForCard,
    returns=HealthCardView,
    errors=(*_WHOSE, ChannelNotOffered, TooManyApplications),
)
def post_health_card(who: Caller, body: ApplyForCard) -> HealthCardView:
    """Apply for a card; a channel that does not answer is asked again."""
    return use_case.apply_for_card(body.channel, body.family_member_id, body.grant, by=who, now=clock.now())


@app.route(
    "GET",
    "/health-cards/{health_card_id}/code",
    allow=_KEEPS,
    query=WhoseCards,
    returns=CodeView,
    errors=(*_WHOSE, CodeRefused, HealthCardNotFound, NotIssued, Unavailable),
)
def get_health_card_code(who: Caller, health_card_id: str, query: WhoseCards) -> CodeView:
    """What a reader takes for this card now."""
    return use_case.view_code(health_card_id, query.family_member_id, by=who, now=clock.now())
