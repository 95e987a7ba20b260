"""Identities and what shows them: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from hospital import ids
from hospital.records import SEALED, Record, Sealed
from hospital.verifications.errors import AlreadyVerified, CounterCheckOver
from hospital.verifications.id_number import IdNumber, Sex, masked_number

Level = Literal["authority", "card_portrait", "manual"]
"""authority: whoever keeps the population's register said so, of the number or the face. card_portrait: a face was
compared with the card's picture only. manual: a member of staff looked at card and person."""
Method = Literal["number", "card", "face", "counter"]

TREATED = frozenset[Level]({"authority", "manual"})
"""Levels that open treatment in production."""

COUNTER_LIFE = timedelta(minutes=15)


@dataclass(frozen=True)
class Proven:
    """What was shown: name and number, how well, how, and what whoever judged it calls its answer."""

    name: str
    number: IdNumber
    level: Level
    method: Method
    reference: str = ""


class Identity(Record):
    """Who the owner of an account is. Once it names a person, it never names another."""

    person_id: str
    name: Sealed
    id_number: Sealed
    sex: Annotated[Sex, SEALED]
    birth_date: Annotated[date, SEALED]
    level: Level
    method: Method
    reference: str = ""
    verified_at: datetime

    @classmethod
    def of(cls, person_id: str, proven: Proven, now: datetime) -> Self:
        """The identity of an account that had none."""
        return cls(id=identity_id_of(person_id), person_id=person_id, verified_at=now, **_shown(proven))

    def shown_again(self, proven: Proven, now: datetime) -> Self:
        """The same person, shown once more: a name may have changed, a level is never lost.

        Raises `AlreadyVerified` for another number.
        """
        if proven.number.text != self.id_number:
            raise AlreadyVerified
        kept = {"level": self.level, "method": self.method} if self.level in TREATED else {}
        return self.having(verified_at=now, **(_shown(proven) | kept))

    @property
    def id_number_masked(self) -> str:
        """`110***********002X`."""
        return masked_number(self.id_number)

    def opens_treatment(self, profile: str) -> bool:
        """Whether this level is enough to be treated here."""
        return profile != "production" or self.level in TREATED


def identity_id_of(person_id: str) -> str:
    """The id of a person's identity: there is at most one."""
    return ids.derived_id("idt", person_id)


def _shown(proven: Proven) -> dict[str, Any]:
    return {
        "name": proven.name,
        "id_number": proven.number.text,
        "sex": proven.number.sex,
        "birth_date": proven.number.birth_date,
        "level": proven.level,
        "method": proven.method,
        "reference": proven.reference,
    }


class NumberClaim(Record):
    """That an ID number belongs to a person. `id` is the keyed hash of the number."""

    person_id: str


class CounterCode(Record):
    """What a patient shows at a counter. `id` is the keyed hash of the digits."""

    person_id: str
    expires_at: datetime


class CounterCheck(Record):
    """A member of staff has a patient before them, and looks at the card."""

    person_id: str
    organisation_id: str
    practitioner_role_id: str
    begun_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None

    def confirm(self, now: datetime) -> Self:
        """Card and person were seen. Raises `CounterCheckOver`."""
        if self.confirmed_at is not None or now >= self.expires_at:
            raise CounterCheckOver
        return self.having(confirmed_at=now)
