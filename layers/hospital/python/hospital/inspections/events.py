"""What inspections report."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.inspections.model import Inspection


class InspectionAsked(Event):
    """Somebody wants to know how the hospital runs."""

    TYPE: ClassVar[str] = "inspection.asked.v1"
    SOURCE: ClassVar[str] = "inspections"

    @classmethod
    def of(cls, inspection: Inspection) -> Self:
        """The event of an inspection as it was stored."""
        return cls(subject=inspection.id, sequence=inspection.version)
