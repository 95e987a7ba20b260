"""What a person sees of e-health cards."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from adapters.health_card import Offered
from hospital.health_cards.model import HealthCard, State


class ChannelView(BaseModel):
    """A channel through which one may apply. `name` is empty where pages have words for `code`. Where the person has to
    allow it at the channel first, `grant_at` is the address for that, to be followed by the one to come back to, which
    then carries the grant as `grant_name`."""

    code: str
    name: str
    grant_at: str
    grant_name: str

    @classmethod
    def of(cls, offered: Offered) -> ChannelView:
        """As people see it."""
        return cls(code=offered.code, name=offered.name, grant_at=offered.grant_at, grant_name=offered.grant_name)


class HealthCardView(BaseModel):
    """A card, or an application. `reason` is a word for programs, `said` what the channel says in its own;
    `next_try_at` when it is asked again."""

    id: str
    channel: str
    state: State
    number: str | None
    reason: str
    said: str | None
    applied_at: datetime
    issued_at: datetime | None
    next_try_at: datetime | None

    @classmethod
    def of(cls, card: HealthCard) -> HealthCardView:
        """As its person, and who acts for them, sees it."""
        shown = card.model_dump(include=set(cls.model_fields) - {"applied_at"})
        return cls(applied_at=card.asked_at, **shown)


class HealthCardsView(BaseModel):
    """The channels, and what was applied for."""

    channels: list[ChannelView]
    cards: list[HealthCardView]


class CodeView(BaseModel):
    """What is shown as the card's QR code, good until then; for good without an end."""

    text: str
    expires_at: datetime | None
