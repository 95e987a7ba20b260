"""What visits report. Ids, states and times; never what was said."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from hospital.events import Event
from hospital.visits.model import State, Visit


class VisitEvent(Event):
    """What every event of a visit says."""

    SOURCE: ClassVar[str] = "visits"

    organisation_id: str
    person_id: str
    doctor_id: str
    doctor_person_id: str
    state: State

    @classmethod
    def of(cls, visit: Visit) -> Self:
        """The event of a visit as it was stored."""
        return cls(
            subject=visit.id,
            sequence=visit.version,
            organisation_id=visit.organisation_id,
            person_id=visit.person_id,
            doctor_id=visit.doctor.id,
            doctor_person_id=visit.doctor.person_id,
            state=visit.state,
        )


class VisitApplied(VisitEvent):
    """A patient asked a doctor."""

    TYPE: ClassVar[str] = "visit.applied.v1"


class VisitAccepted(VisitEvent):
    """The doctor took it."""

    TYPE: ClassVar[str] = "visit.accepted.v1"


class VisitRefused(VisitEvent):
    """The doctor did not take it."""

    TYPE: ClassVar[str] = "visit.refused.v1"


class VisitExpired(VisitEvent):
    """Nobody answered in time."""

    TYPE: ClassVar[str] = "visit.expired.v1"


class VisitBegun(VisitEvent):
    """Patient and doctor can talk."""

    TYPE: ClassVar[str] = "visit.begun.v1"


class VisitFinished(VisitEvent):
    """The doctor ended it with a summary."""

    TYPE: ClassVar[str] = "visit.finished.v1"


class VisitAnswerDue(Event):
    """The time to answer is over; whoever hears it looks whether it was answered."""

    TYPE: ClassVar[str] = "visit.answer_due.v1"
    SOURCE: ClassVar[str] = "visits"

    answer_by: datetime

    @classmethod
    def of(cls, visit: Visit) -> Self:
        """The event of a visit as it was stored."""
        return cls(subject=visit.id, sequence=visit.version, answer_by=visit.answer_by)
