"""What the routes of this area answer: a visit, as its patient and its doctor see it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from hospital.visits.model import AcceptedNotice, ActingFor, Refusal, State, Summary, Visit, VisitDoctor, VisitPatient
from hospital.visits.store import ahead_of


class DoctorAsked(BaseModel):
    """The doctor who was asked, as they were called then."""

    id: str
    name: str
    title: str
    department: str


class VisitView(BaseModel):
    """A visit. `acting_for`: somebody of the patient's family applied and talks. `ahead` counts those who wait for the
    same doctor and came before, while this one waits."""

    id: str
    kind: Literal["text_consultation"]
    state: State
    version: int
    organisation_id: str
    patient: VisitPatient
    doctor: DoctorAsked
    complaint: str
    notice: AcceptedNotice
    applied_at: datetime
    answer_by: datetime
    accepted_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    refusal: Refusal | None
    summary: Summary | None
    conversation_id: str | None
    acting_for: ActingFor | None = None
    ahead: int | None = None

    @classmethod
    def of(cls, visit: Visit) -> VisitView:
        """The view of a visit in a list, or after it was changed."""
        shown = {name: getattr(visit, name) for name in cls.model_fields if name not in ("kind", "doctor", "ahead")}
        return cls(**shown, kind=visit.service, doctor=_doctor(visit.doctor))

    @classmethod
    def with_place(cls, visit: Visit, now: datetime) -> VisitView:
        """The view of one visit, with its place in the queue."""
        return cls.of(visit).model_copy(update={"ahead": ahead_of(visit, now)})


def _doctor(doctor: VisitDoctor) -> DoctorAsked:
    return DoctorAsked(id=doctor.id, name=doctor.name, title=doctor.title, department=doctor.department)
