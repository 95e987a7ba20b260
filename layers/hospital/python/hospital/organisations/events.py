"""What organisations and departments report."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from hospital.events import Event
from hospital.organisations.model import Department, Organisation

Change = Literal["created", "changed", "removed"]


class OrganisationChanged(Event):
    """An organisation was created, changed or removed."""

    TYPE: ClassVar[str] = "organisation.changed.v1"
    SOURCE: ClassVar[str] = "organisations"

    change: Change

    @classmethod
    def of(cls, organisation: Organisation, change: Change) -> Self:
        """The event of an organisation as it was stored."""
        return cls(subject=organisation.id, sequence=organisation.version, change=change)


class DepartmentChanged(Event):
    """A department was created, changed or removed."""

    TYPE: ClassVar[str] = "department.changed.v1"
    SOURCE: ClassVar[str] = "organisations"

    organisation_id: str
    change: Change

    @classmethod
    def of(cls, department: Department, change: Change) -> Self:
        """The event of a department as it was stored."""
        return cls(
            subject=department.id,
            sequence=department.version,
            organisation_id=department.organisation_id,
            change=change,
        )
