"""What is reported of e-health cards. Ids, states and reasons; never a number."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.health_cards.model import HealthCard, State


class HealthCardEvent(Event):
    """What every event of a card says."""

    SOURCE: ClassVar[str] = "health_cards"

    person_id: str
    channel: str
    state: State
    reason: str = ""

    @classmethod
    def of(cls, card: HealthCard) -> Self:
        """The event of a card as it was stored."""
        return cls(
            subject=card.id,
            sequence=card.version,
            person_id=card.person_id,
            channel=card.channel,
            state=card.state,
            reason=card.reason,
        )


class HealthCardIssued(HealthCardEvent):
    """The channel issued the card."""

    TYPE: ClassVar[str] = "health_card.issued.v1"


class HealthCardNotIssued(HealthCardEvent):
    """The channel did not answer, or said no."""

    TYPE: ClassVar[str] = "health_card.not_issued.v1"


class HealthCardRetryDue(HealthCardEvent):
    """It is time to ask the channel again; whoever hears it looks whether that is still so."""

    TYPE: ClassVar[str] = "health_card.retry_due.v1"
