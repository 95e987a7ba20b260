"""What consents report. Ids, purpose and version; never the text."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.consents.model import Act, Consent, ConsentText, Purpose
from hospital.events import Event


class ConsentEvent(Event):
    """What every event of a consent says. `organisation_id` is empty where the platform asked."""

    SOURCE: ClassVar[str] = "consents"

    person_id: str
    purpose: Purpose
    organisation_id: str
    text_version: int

    @classmethod
    def of(cls, consent: Consent) -> Self:
        """The event of a consent as it was stored."""
        return cls(
            subject=consent.id,
            sequence=consent.version,
            person_id=consent.person_id,
            purpose=consent.purpose,
            organisation_id=consent.organisation_id,
            text_version=consent.last.text_version if consent.last else 0,
        )


class ConsentGiven(ConsentEvent):
    """The person, or their guardian, agreed."""

    TYPE: ClassVar[str] = "consent.given.v1"


class ConsentRefused(ConsentEvent):
    """They did not agree."""

    TYPE: ClassVar[str] = "consent.refused.v1"


class ConsentWithdrawn(ConsentEvent):
    """They agree no more: from now on."""

    TYPE: ClassVar[str] = "consent.withdrawn.v1"


class ConsentTextChanged(Event):
    """A text reads otherwise."""

    TYPE: ClassVar[str] = "consent_text.changed.v1"
    SOURCE: ClassVar[str] = "consents"

    organisation_id: str
    purpose: Purpose
    text_version: int
    holds_from: int

    @classmethod
    def of(cls, text: ConsentText) -> Self:
        """The event of a text as it was stored."""
        shared = text.model_dump(include=set(cls.model_fields))
        return cls(subject=text.id, sequence=text.version, **shared)


def report(act: Act, consent: Consent) -> ConsentEvent:
    """The event of that act."""
    kinds: dict[Act, type[ConsentEvent]] = {
        "give": ConsentGiven,
        "refuse": ConsentRefused,
        "withdraw": ConsentWithdrawn,
    }
    return kinds[act].of(consent)
