"""What verifications report. Ids, level and method; never name or number."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.verifications.model import CounterCheck, Identity, Level, Method


class PersonVerified(Event):
    """An account's owner showed who they are, or showed it again."""

    TYPE: ClassVar[str] = "person.verified.v1"
    SOURCE: ClassVar[str] = "verifications"

    person_id: str
    level: Level
    method: Method

    @classmethod
    def of(cls, identity: Identity) -> Self:
        """The event of an identity as it was stored."""
        return cls(
            subject=identity.id,
            sequence=identity.version,
            person_id=identity.person_id,
            level=identity.level,
            method=identity.method,
        )


class CounterCheckConfirmed(Event):
    """A member of staff saw card and person."""

    TYPE: ClassVar[str] = "counter_check.confirmed.v1"
    SOURCE: ClassVar[str] = "verifications"

    person_id: str
    organisation_id: str
    practitioner_role_id: str

    @classmethod
    def of(cls, check: CounterCheck) -> Self:
        """The event of a check as it was stored."""
        shared = check.model_dump(include=set(cls.model_fields))
        return cls(subject=check.id, sequence=check.version, **shared)
