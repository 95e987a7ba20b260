"""What other systems report of themselves: ids and quotas, never a key."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.systems.model import OtherSystem


class SystemChanged(Event):
    """A system of the hospital may ask, with another key or quota, or may not any more. Named by what systems asked
    for first."""

    TYPE: ClassVar[str] = "sms.system_changed.v1"
    SOURCE: ClassVar[str] = "sms"

    organisation_id: str
    on: bool
    most_a_day: int
    most_faces_a_day: int = 0

    @classmethod
    def of(cls, system: OtherSystem) -> Self:
        """The event of a system as it was stored."""
        shared = system.model_dump(include=set(cls.model_fields))
        return cls(subject=system.id, sequence=system.version, **shared)
