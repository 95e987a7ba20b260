"""What reference data reports."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from hospital.events import Event
from hospital.reference.model import Item

Change = Literal["created", "changed", "retired", "restored"]


class ReferenceChanged(Event):
    """An item was created, changed, retired or restored."""

    TYPE: ClassVar[str] = "reference.changed.v1"
    SOURCE: ClassVar[str] = "reference"

    kind: str
    organisation_id: str
    change: Change

    @classmethod
    def of(cls, item: Item, change: Change) -> Self:
        """The event of an item as it was stored."""
        return cls(
            subject=item.id,
            sequence=item.version,
            kind=item.kind_name,
            organisation_id=item.organisation_id,
            change=change,
        )
