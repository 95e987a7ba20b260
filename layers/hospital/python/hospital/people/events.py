"""What the records of staff and the files of patients report. Ids, role and standing; no name, no paper."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from hospital.caller import Role
from hospital.events import Event
from hospital.people.model import Patient, Person, PractitionerRole
from hospital.people.standing import Standing

Change = Literal[
    "taken_on", "changed", "submitted", "approved", "rejected", "expired", "suspended", "restored", "removed"
]


class PatientMergeChanged(Event):
    """A file of the same person was taken in by another, or let go of again; `subject` is the one that stands."""

    TYPE: ClassVar[str] = "patient.merge_changed.v1"
    SOURCE: ClassVar[str] = "people"

    organisation_id: str
    other_id: str
    change: Literal["merged", "undone"]

    @classmethod
    def of(cls, standing: Patient, other: Patient) -> Self:
        """The event of both as they were stored."""
        return cls(
            subject=standing.id,
            sequence=standing.version,
            organisation_id=standing.organisation_id,
            other_id=other.id,
            change="merged" if other.merged_into else "undone",
        )


class PhoneChanged(Event):
    """A person signs in by another phone number from here on. Neither number is told."""

    TYPE: ClassVar[str] = "person.phone_changed.v1"
    SOURCE: ClassVar[str] = "people"

    @classmethod
    def of(cls, person: Person) -> Self:
        """The event of an account as it was stored."""
        return cls(subject=person.id, sequence=person.version)


class PractitionerChanged(Event):
    """A member of staff was taken on, changed, reviewed or removed."""

    TYPE: ClassVar[str] = "practitioner.changed.v1"
    SOURCE: ClassVar[str] = "people"

    organisation_id: str
    person_id: str
    role: Role
    standing: Standing
    change: Change

    @classmethod
    def of(cls, role: PractitionerRole, change: Change) -> Self:
        """The event of a role as it was stored."""
        return cls(
            subject=role.id,
            sequence=role.version,
            organisation_id=role.organisation_id,
            person_id=role.person_id,
            role=role.role,
            standing=role.standing,
            change=change,
        )
