"""What is reported of records that are opened in an emergency. Ids and times; neither the reason's words nor a name."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from hospital.break_glass.model import EmergencyReading, Reason, Verdict
from hospital.events import Event


class EmergencyOpened(Event):
    """A doctor opened a patient's record without a care relation. `person_id` is who is told."""

    TYPE: ClassVar[str] = "emergency.opened.v1"
    SOURCE: ClassVar[str] = "break_glass"

    organisation_id: str
    person_id: str
    doctor_id: str
    reason: Reason
    ends_at: datetime
    review_by: datetime

    @classmethod
    def of(cls, reading: EmergencyReading) -> Self:
        """The event of a reading as it was stored."""
        return cls(
            subject=reading.id,
            sequence=reading.version,
            doctor_id=reading.doctor.id,
            **reading.model_dump(include={"organisation_id", "person_id", "reason", "ends_at", "review_by"}),
        )


class EmergencyReviewed(Event):
    """A privacy officer judged it."""

    TYPE: ClassVar[str] = "emergency.reviewed.v1"
    SOURCE: ClassVar[str] = "break_glass"

    organisation_id: str
    doctor_id: str
    verdict: Verdict

    @classmethod
    def of(cls, reading: EmergencyReading) -> Self:
        """The event of a reading as it was stored."""
        if reading.verdict is None:
            raise ValueError(f"{reading.id} was not judged")
        return cls(
            subject=reading.id,
            sequence=reading.version,
            organisation_id=reading.organisation_id,
            doctor_id=reading.doctor.id,
            verdict=reading.verdict,
        )
