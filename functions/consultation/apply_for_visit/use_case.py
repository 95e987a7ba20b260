"""Applying for a text consultation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import Field

from consultation.answers import VisitView
from hospital import settings
from hospital.blacklist.store import require_welcome
from hospital.caller import Caller
from hospital.errors import NotFound
from hospital.families.store import get_member
from hospital.http import Command
from hospital.ids import PATTERN
from hospital.listings import DAY_ZONE
from hospital.organisations.store import require_open
from hospital.people.keys import patient_id_of
from hospital.people.model import Patient, PractitionerRole
from hospital.people.store import get_doctor, get_patient, name_hash_of, patients, same_person
from hospital.reference.errors import ItemNotFound
from hospital.reference.kinds import KINDS
from hospital.reference.store import get_item
from hospital.terminals import Terminal
from hospital.verifications.store import require_verified
from hospital.visits.errors import DoctorNotFound, NoticeNotAccepted
from hospital.visits.events import VisitAnswerDue, VisitApplied
from hospital.visits.model import AcceptedNotice, ActingFor, Visit, VisitDoctor, VisitPatient
from hospital.visits.store import take_place, visits
from hospital.work import Work, decided_again


class ApplyForVisit(Command):
    """Whom to ask, about what, and the notice that was read and accepted; for whom of one's family, if not oneself."""

    doctor_id: Annotated[str, Field(pattern=PATTERN)]
    complaint: Annotated[str, Field(min_length=5, max_length=2000)]
    notice_id: Annotated[str, Field(pattern=PATTERN)]
    notice_version: Annotated[int, Field(ge=1, le=2**31)]
    terminal: Terminal = "web"
    family_member_id: Annotated[str, Field(pattern=PATTERN)] | None = None


def apply_for_visit(command: ApplyForVisit, *, by: Caller, now: datetime) -> VisitView:
    """The patient joins the doctor's queue."""
    # Another application of the same patient may open the file at this moment, or the sweep write an old one down.
    return decided_again(lambda: _apply(command, by, now))


def _apply(command: ApplyForVisit, by: Caller, now: datetime) -> VisitView:
    doctor = _doctor(command.doctor_id)
    place = require_open(
        doctor.organisation_id, doctor.department_id, "consultation", "text_consultation", command.terminal
    )
    _require_welcome(by.person_id, doctor.organisation_id)
    notice = _accepted_notice(command, doctor.organisation_id)
    treated = _treated(command, by, now)
    if treated.acting_for:  # whom the organisation does not serve is not served through their family either
        _require_welcome(treated.person_id, doctor.organisation_id)
    visit = Visit.apply(
        organisation_id=doctor.organisation_id,
        patient=VisitPatient(
            person_id=treated.person_id,
            patient_id=patient_id_of(treated.person_id, doctor.organisation_id),
            name=treated.name,
        ),
        by_person_id=by.person_id,
        acting_for=treated.acting_for,
        doctor=VisitDoctor(**doctor.model_dump(include=set(VisitDoctor.model_fields)) | {"department": place.name}),
        complaint=command.complaint,
        notice=notice,
        now=now,
        answer_within=timedelta(minutes=settings.current().visit_answer_within_minutes),
    )
    with Work(by=by, doing="patient.open_file") as work:
        visit = work.add(visits, visit)
        take_place(work, visit, now)
        _keep_file(work, visit, now)
        work.emit(VisitApplied.of(visit))
        work.due(visit.answer_by, VisitAnswerDue.of(visit))
        return work.answer(VisitView.with_place(visit, now))


def _require_welcome(person_id: str, organisation_id: str) -> None:
    """`Blacklisted`, under whichever of their accounts they were listed: merged files are one person's."""
    for one in same_person(person_id, organisation_id):
        require_welcome(one, organisation_id)


class _Treated(NamedTuple):
    person_id: str
    name: str
    acting_for: ActingFor | None


def _treated(command: ApplyForVisit, by: Caller, now: datetime) -> _Treated:
    """Whom the visit is about: the caller, or one of their family, pending or full; both under the names that were
    shown. `MemberNotFound` for anybody else."""
    identity = require_verified(by.person_id)
    if command.family_member_id is None:
        return _Treated(by.person_id, identity.name, None)
    member = get_member(by.person_id, command.family_member_id, now.astimezone(DAY_ZONE).date())
    acting = ActingFor(member_id=member.id, relation=member.relation, name=identity.name)
    return _Treated(member.person_id, member.name, acting)


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


def _keep_file(work: Work, visit: Visit, now: datetime) -> None:
    """The person has a file at the organisation from the first application on, found under the name on their card."""
    patient, organisation_id = visit.patient, visit.organisation_id
    name_hash = name_hash_of(organisation_id, patient.name)
    file = get_patient(patient.person_id, organisation_id)
    if file is None:
        opened = Patient(
            id=patient.patient_id,
            person_id=patient.person_id,
            organisation_id=organisation_id,
            opened_at=now,
            name=patient.name,
            name_hash=name_hash,
        )
        work.add(patients, opened)
    elif file.name_hash != name_hash:
        work.change(patients, file, file.having(name=patient.name, name_hash=name_hash))
