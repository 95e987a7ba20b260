"""Applying for a text consultation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from consultation.answers import VisitView
from hospital import settings
from hospital.caller import Caller
from hospital.errors import Invalid, NotFound
from hospital.http import Command
from hospital.ids import PATTERN
from hospital.people.keys import patient_id_of
from hospital.people.model import Patient, Person, PractitionerRole
from hospital.people.store import get_doctor, get_patient, get_person, patients, persons
from hospital.reference.errors import ItemNotFound
from hospital.reference.kinds import KINDS
from hospital.reference.store import get_item
from hospital.visits.errors import DoctorNotFound, NoticeNotAccepted
from hospital.visits.events import VisitAnswerDue, VisitApplied
from hospital.visits.model import AcceptedNotice, Visit, VisitDoctor, VisitPatient
from hospital.visits.store import take_place, visits
from hospital.work import Work, decided_again


class NameMissing(Invalid):
    """The doctor has to know whom they speak with: give a name once."""

    code = "visit.name_missing"


class ApplyForVisit(Command):
    """Whom to ask, about what, and the notice that was read and accepted."""

    doctor_id: Annotated[str, Field(pattern=PATTERN)]
    complaint: Annotated[str, Field(min_length=5, max_length=2000)]
    notice_id: Annotated[str, Field(pattern=PATTERN)]
    notice_version: Annotated[int, Field(ge=1, le=2**31)]
    patient_name: Annotated[str, Field(min_length=2, max_length=40)] | None = None


def apply_for_visit(command: ApplyForVisit, *, by: Caller, now: datetime) -> VisitView:
    """The patient joins the doctor's queue."""
    # Another application of the same patient may open the file at this moment, or the sweep write an old one down.
    return decided_again(lambda: _apply(command, by, now))


def _apply(command: ApplyForVisit, by: Caller, now: datetime) -> VisitView:
    doctor = _doctor(command.doctor_id)
    notice = _accepted_notice(command, doctor.organisation_id)
    person = get_person(by.person_id)
    name = command.patient_name or person.name
    if not name:
        raise NameMissing
    visit = Visit.apply(
        organisation_id=doctor.organisation_id,
        patient=VisitPatient(
            person_id=person.id, patient_id=patient_id_of(person.id, doctor.organisation_id), name=name
        ),
        doctor=VisitDoctor(**doctor.model_dump(include=set(VisitDoctor.model_fields))),
        complaint=command.complaint,
        notice=notice,
        now=now,
        answer_within=timedelta(minutes=settings.current().visit_answer_within_minutes),
    )
    with Work(by=by, doing="patient.open_file") as work:
        visit = work.add(visits, visit)
        take_place(work, visit, now)
        _keep_file(work, person, name, visit, now)
        work.emit(VisitApplied.of(visit))
        work.due(visit.answer_by, VisitAnswerDue.of(visit))
        return work.answer(VisitView.with_place(visit, now))


def _doctor(doctor_id: str) -> PractitionerRole:
    try:
        return get_doctor(doctor_id)
    except NotFound:
        raise DoctorNotFound from None


def _accepted_notice(command: ApplyForVisit, organisation_id: str) -> AcceptedNotice:
    """The notice, if it is the organisation's and reads as the patient saw it."""
    try:
        notice = get_item(KINDS["consultation_notices"], command.notice_id)
    except ItemNotFound:
        raise NoticeNotAccepted from None
    if notice.organisation_id != organisation_id or notice.retired:
        raise NoticeNotAccepted
    if notice.version != command.notice_version:
        raise NoticeNotAccepted(notice_id=notice.id, notice_version=notice.version)
    return AcceptedNotice(notice_id=notice.id, notice_version=notice.version)


def _keep_file(work: Work, person: Person, name: str, visit: Visit, now: datetime) -> None:
    """The person has a file at the organisation, and a name, from the first application on."""
    if get_patient(person.id, visit.organisation_id) is None:
        file = Patient(
            id=visit.patient.patient_id, person_id=person.id, organisation_id=visit.organisation_id, opened_at=now
        )
        work.add(patients, file)
    if person.name is None:
        work.change(persons, person, person.having(name=name))
