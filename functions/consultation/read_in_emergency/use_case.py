"""Opening a record in an emergency, and reading it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from consultation.records import recorded_file, recorded_messages
from hospital import ids
from hospital.break_glass.errors import NotNeeded
from hospital.break_glass.events import EmergencyOpened
from hospital.break_glass.model import EmergencyLook, EmergencyReading, Looked, ReadingDoctor, Reason
from hospital.break_glass.store import get_reading, looks, readings
from hospital.caller import Caller
from hospital.care.keys import treated_key
from hospital.care.store import relations, treats
from hospital.conversations.history import HistoryPage, MessageSearch
from hospital.listings import DAY_ZONE
from hospital.people.errors import PatientNotFound
from hospital.people.keys import patient_id_of, person_key
from hospital.people.model import Patient
from hospital.people.store import get_patient, get_patient_of, get_staff, owner_of_phone, persons, standing_for
from hospital.uploads.model import VariantName
from hospital.uploads.opening import FileLink
from hospital.verifications.id_number import parse_id_number
from hospital.verifications.store import owner_of_number
from hospital.visits import keys
from hospital.visits.errors import VisitNotFound
from hospital.visits.model import Visit
from hospital.visits.store import get_visit, visits
from hospital.work import Work

FoundBy = Literal["phone", "id_number", "file"]
SERVICES = frozenset({"text_consultation"})
"""What may be read in an emergency, by its name: a new service stays closed until somebody writes it here, and
counselling never is."""
MOST = 50
"""Visits of each source that are shown: in an emergency the newest count."""


class OpenedRecord(BaseModel):
    """What is open to the doctor, and until when."""

    id: str
    patient_id: str
    patient_name: str
    reason: Reason
    opened_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, reading: EmergencyReading) -> OpenedRecord:
        """The view for the doctor who opened it."""
        return cls(**reading.model_dump(include=set(cls.model_fields)))


def open_record(
    found_by: FoundBy, value: str, reason: Reason, words: str, *, by: Caller, now: datetime
) -> OpenedRecord:
    """The record of one patient of the house. `PatientNotFound` also for another house's, `NotNeeded` for a patient
    whom the doctor treats."""
    file = _file(found_by, value, by, now)
    if any(treats(by.practitioner_role_id, one) for one in _files_of(file)):
        raise NotNeeded
    doctor = get_staff(by.practitioner_role_id)
    reading = EmergencyReading.opened(
        organisation_id=file.organisation_id,
        patient_id=file.id,
        person_id=_who_is_told(file),
        patient_name=file.name or "",
        doctor=ReadingDoctor(**doctor.model_dump(include=set(ReadingDoctor.model_fields))),
        reason=reason,
        words=words,
        now=now,
    )
    with Work(by=by) as work:
        stored = work.add(readings, reading)
        work.emit(EmergencyOpened.of(stored))
        return work.answer(OpenedRecord.of(stored))


def view_open_record(reading_id: str, *, by: Caller, now: datetime) -> OpenedRecord:
    """What the doctor has open, while it lasts."""
    return OpenedRecord.of(get_reading(reading_id).read_by(by, now))


def recorded_visits(reading_id: str, *, by: Caller, now: datetime) -> list[Visit]:
    """The patient's visits at the house, the newest first, as they stand now."""
    reading = get_reading(reading_id).read_by(by, now)
    found = {visit.id: visit.as_of(now) for visit in _visits_of(reading)}
    _note(reading, "visits", by, now)
    return sorted(found.values(), key=lambda visit: (visit.applied_at, visit.id), reverse=True)


def messages_of_record(
    reading_id: str, visit_id: str, search: MessageSearch, *, by: Caller, now: datetime
) -> HistoryPage:
    """What was said at one of them."""
    reading = get_reading(reading_id).read_by(by, now)
    visit = _visit(reading, visit_id)
    _note(reading, "messages", by, now, visit.id)
    return recorded_messages(visit, search)


def file_of_record(
    reading_id: str, visit_id: str, seq: int, asked: VariantName, *, by: Caller, now: datetime
) -> FileLink:
    """An address for what was exchanged at one of them."""
    reading = get_reading(reading_id).read_by(by, now)
    visit = _visit(reading, visit_id)
    _note(reading, "file", by, now, visit.id)
    return recorded_file(visit, seq, asked, now)


def _file(found_by: FoundBy, value: str, by: Caller, now: datetime) -> Patient:
    """The patient's file at the caller's house. A number of somebody without one here finds nobody."""
    if found_by == "file":
        return get_patient_of(by.organisation_id, value)
    if found_by == "phone":
        person_id = owner_of_phone(value)
    else:
        person_id = owner_of_number(parse_id_number(value, now.astimezone(DAY_ZONE).date()).text)
    file = get_patient(person_id, by.organisation_id) if person_id else None
    if file is None:
        raise PatientNotFound
    return standing_for(file)


def _files_of(file: Patient) -> list[str]:
    """The ids of the person's files at the house: their own, and those merged with it."""
    return [patient_id_of(one, file.organisation_id) for one in file.person_ids]


def _who_is_told(file: Patient) -> str:
    """The patient's account; a child has none, and whoever applied for them last is told."""
    if persons.get(person_key(file.person_id)) is not None:
        return file.person_id
    last = relations.page("of_patient", treated_key(file.id), limit=1, newest_first=True).items
    return get_visit(last[0].subject_id).person_id if last else file.person_id


def _visits_of(reading: EmergencyReading) -> list[Visit]:
    """Of the person's files: what their accounts applied for, and what was taken, whoever applied."""
    file = get_patient_of(reading.organisation_id, reading.patient_id)
    files = _files_of(file)
    found = [visit for one in file.person_ids for visit in _newest(keys.person_visits_key(one))]
    for one in files:
        taken = relations.page("of_patient", treated_key(one), limit=MOST, newest_first=True).items
        found += visits.get_all(keys.visit_key(relation.subject_id) for relation in taken)
    return [visit for visit in found if _is_of(visit, reading.organisation_id, files)]


def _newest(place: str) -> list[Visit]:
    return visits.page("of_person", place, limit=MOST, newest_first=True).items


def _is_of(visit: Visit, organisation_id: str, files: list[str]) -> bool:
    """Whether a visit belongs to these files of the house, and may be read in an emergency."""
    its = visit.organisation_id == organisation_id and visit.patient.patient_id in files
    return its and visit.service in SERVICES


def _visit(reading: EmergencyReading, visit_id: str) -> Visit:
    visit = get_visit(visit_id)
    file = get_patient_of(reading.organisation_id, reading.patient_id)
    if not _is_of(visit, reading.organisation_id, _files_of(file)):
        raise VisitNotFound
    return visit


def _note(reading: EmergencyReading, looked_at: Looked, by: Caller, now: datetime, visit_id: str = "") -> None:
    """The line is written first: nothing is shown unnoted."""
    look = EmergencyLook(id=ids.new_id("lok"), reading_id=reading.id, looked_at=looked_at, visit_id=visit_id, at=now)
    with Work(by=by, doing="emergency.look") as work:
        work.add(looks, look)
