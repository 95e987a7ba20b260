"""Who treats whom: kept with the visit that makes it, and what may be read by it."""

from __future__ import annotations

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.view_visits.app import app as view_visits
from hospital.care import keys
from hospital.care.model import CareRelation
from hospital.care.store import relations, treats
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic, new_patient
from tests.builders.visits import accepted, applied, finished

pytestmark = pytest.mark.store


def kept_of(patient_id: str) -> list[CareRelation]:
    return relations.page("of_patient", keys.treated_key(patient_id), newest_first=True).items


def seen(visit_id: str, who: Staff) -> Answer:
    return call(view_visits, "GET", f"/visits/{visit_id}", who=who.caller)


def taken(visit_id: str, doctor: Staff) -> None:
    call(answer_visit, "POST", f"/visits/{visit_id}/accept", {}, who=doctor.caller).ok()


@pytest.fixture
def patient(clinic: Clinic) -> PatientOf:
    return new_patient()


def test_care_begins_when_the_doctor_accepts_and_ends_with_the_summary(
    clinic: Clinic, patient: PatientOf, deliver, time: Time
):
    """Not by an application alone; and a second acceptance, which is refused, leaves no second relation."""
    visit = applied(clinic, patient)
    patient_id, doctor_id = visit["patient"]["patient_id"], clinic.doctor.role.id
    assert kept_of(patient_id) == [] and not treats(doctor_id, patient_id)
    accepted(clinic, visit["id"])
    call(answer_visit, "POST", f"/visits/{visit['id']}/accept", {}, who=clinic.doctor.caller).refused(
        409, "visit.moved_on"
    )
    (begun,) = kept_of(patient_id)
    assert (begun.subject_id, begun.practitioner_role_id, begun.ended_at) == (visit["id"], doctor_id, None)
    assert treats(doctor_id, patient_id)
    assert not treats(clinic.colleague.role.id, patient_id) and not treats("", patient_id)
    deliver()
    time.passes(minutes=30)
    finished(clinic, visit["id"])
    (ended,) = kept_of(patient_id)
    assert ended.ended_at is not None and ended.ended_at > ended.begun_at
    assert not treats(doctor_id, patient_id)


def test_who_treats_the_patient_now_reads_what_colleagues_wrote_and_nobody_else_does(
    clinic: Clinic, patient: PatientOf, deliver, time: Time
):
    earlier = applied(clinic, patient)
    accepted(clinic, earlier["id"])
    deliver()
    finished(clinic, earlier["id"])
    time.passes(minutes=5)
    for other in (clinic.colleague, found_clinic().doctor):
        seen(earlier["id"], other).refused(404, "visit.not_found")
    now = applied(clinic, patient, clinic.colleague)
    seen(earlier["id"], clinic.colleague).refused(404, "visit.not_found")  # asked, not taken yet
    taken(now["id"], clinic.colleague)
    assert seen(earlier["id"], clinic.colleague).ok()["summary"]["conclusion"] == "紧张性头痛"


def test_care_in_one_house_opens_nothing_of_another(clinic: Clinic, patient: PatientOf):
    """The files are two, also of the same person."""
    elsewhere = found_clinic()
    here, there = applied(clinic, patient), applied(elsewhere, patient)
    taken(there["id"], elsewhere.doctor)
    assert treats(elsewhere.doctor.role.id, there["patient"]["patient_id"])
    seen(here["id"], elsewhere.doctor).refused(404, "visit.not_found")
