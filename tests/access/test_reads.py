"""The access matrix over what was written and said: generated houses, doctors with scopes, patients whom some of them
treat now and others treated before; each asks for each record in each way. Who may is said here in the clinic's words,
apart from the code; whoever may not is answered as if there were none (404), and who has no such work at all 403."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from consultation.answer_visit.app import app as answer_visit
from consultation.finish_visit.app import app as finish_visit
from consultation.read_in_emergency.app import app as read_in_emergency
from consultation.view_earlier_visits.app import app as view_earlier_visits
from consultation.view_visits.app import app as view_visits
from hospital.caller import Caller, Scope
from hospital.http import App
from identity.keep_patients.app import app as keep_patients
from messaging.audit_conversations.app import app as audit_conversations
from messaging.export_conversation.app import app as export_conversation
from messaging.view_conversations.app import app as view_conversations
from tests.builders.delivery import Delivery
from tests.builders.emergencies import opened_record, with_right
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic, hire, new_patient
from tests.builders.register import Register
from tests.builders.two_files import two_files
from tests.builders.visits import SUMMARY, applied, seen

pytestmark = pytest.mark.store
SCOPES: tuple[Scope, ...] = ("own", "department", "organisation")
NONE = (404, "visit.not_found")
NO_TALK = (404, "conversation.not_found")
NOT_THEIR_WORK = (403, "policy.refused")


@dataclass(frozen=True)
class Treated:
    """A visit that was taken: whose, by whom, and whether it goes on."""

    id: str
    talk: str
    patient: PatientOf
    patient_id: str
    doctor: Staff
    now: bool


def staffed(rng: random.Random) -> tuple[Clinic, list[Staff]]:
    """A house with three doctors of one department, with random scopes and one without a department."""
    clinic = found_clinic()
    doctors = [clinic.doctor, clinic.colleague, hire("doctor", clinic.id, "何雨")]
    departments = [one.role.department_id for one in doctors[:2]] + [""]
    return clinic, [
        replace(one, caller=replace(one.caller, scope=rng.choice(SCOPES), department_id=department))
        for one, department in zip(doctors, departments, strict=True)
    ]


def treated(clinic: Clinic, patient: PatientOf, doctor: Staff, goes_on: bool, deliver: Delivery) -> Treated:
    """A visit of that patient with that doctor, taken, and finished unless it goes on."""
    visit_id = applied(clinic, patient, doctor)["id"]
    call(answer_visit, "POST", f"/visits/{visit_id}/accept", {}, who=doctor.caller).ok()
    deliver()
    visit = seen(visit_id, patient)
    if not goes_on:
        call(finish_visit, "POST", f"/visits/{visit_id}/finish", SUMMARY.model_dump(), who=doctor.caller).ok()
    return Treated(visit_id, visit["conversation_id"], patient, visit["patient"]["patient_id"], doctor, goes_on)


def may_read(who: Caller, one: Treated, all_: list[Treated]) -> bool:
    """One's own patients; the department's or the house's if so much was given; and whom one treats at this moment."""
    its = one.doctor.caller
    if who.organisation_id != its.organisation_id:
        return False
    if who.practitioner_role_id == its.practitioner_role_id or who.scope == "organisation":
        return True
    if who.scope == "department" and who.department_id and who.department_id == one.doctor.role.department_id:
        return True
    mine = [other for other in all_ if other.doctor.role.id == who.practitioner_role_id and other.now]
    return one.patient_id in {other.patient_id for other in mine}


def reads(one: Treated) -> Iterator[tuple[str, App, str, str]]:
    """Each way to what was said at a visit, beside the visit itself."""
    yield "earlier", view_earlier_visits, "GET", f"/visits/{one.id}/earlier"
    for more in ("", "/messages", "/cards/1"):
        yield "talk", view_conversations, "GET", f"/conversations/{one.talk}{more}"
    yield "talk", export_conversation, "POST", f"/conversations/{one.talk}/exports"


@pytest.mark.parametrize("seed", [1, 2])
def test_every_record_is_read_by_those_alone_who_may(deliver: Delivery, time: Time, seed: int):
    """Wider scopes read the visit and its summary, never what was said: that is for who took part, and for those who
    treat the patient by way of their own visit."""
    rng = random.Random(seed)
    houses = [staffed(rng) for _ in range(2)]
    patients = [new_patient() for _ in range(3)]
    all_ = []
    for clinic, doctors in houses:
        for number, doctor in enumerate(doctors):
            for patient in rng.sample(patients, 2):
                all_.append(treated(clinic, patient, doctor, rng.random() < 0.5 + number, deliver))
                time.passes(minutes=1)
    answered = set()
    for _, doctors in houses:
        for staff in doctors:
            for one in all_:
                allowed = may_read(staff.caller, one, all_)
                answer = call(view_visits, "GET", f"/visits/{one.id}", who=staff.caller)
                assert (answer.status == 200) == allowed, (staff.role.name, one)
                if not allowed:
                    answer.refused(*NONE)
                answered.add(allowed)
                if staff.role.id != one.doctor.role.id:
                    for kind, app, method, path in reads(one):
                        call(app, method, path, who=staff.caller).refused(*(NONE if kind == "earlier" else NO_TALK))
    assert answered == {True, False}, "the seed must hold both answers"


def test_who_treats_one_of_merged_files_reads_the_visits_of_both_until_they_are_taken_apart(
    clinic: Clinic, register: Register, deliver: Delivery
):
    """A mother, treated through her child's account by one doctor and under her own by another now. What was said at
    the other's visit stays with who took part in it, and another house knows of nothing."""
    twice, stranger = two_files(clinic, register), found_clinic().doctor
    call(answer_visit, "POST", f"/visits/{twice.other_visit}/accept", {}, who=clinic.doctor.caller).ok()
    own_visit = applied(clinic, twice.person, clinic.colleague)["id"]
    call(answer_visit, "POST", f"/visits/{own_visit}/accept", {}, who=clinic.colleague.caller).ok()
    deliver()
    reading = ((clinic.colleague, twice.other_visit), (clinic.doctor, own_visit))
    files, admin = f"/patients/{twice.own}", clinic.admin.caller

    def asked(staff: Staff, visit_id: str) -> Answer:
        return call(view_visits, "GET", f"/visits/{visit_id}", who=staff.caller)

    for staff, visit_id in reading:
        asked(staff, visit_id).refused(*NONE)
    version = call(keep_patients, "GET", files, who=admin).ok()["version"]
    body = {"version": version, "other_id": twice.other}
    merged = call(keep_patients, "POST", f"{files}/merges", body, who=admin).ok()
    for staff, visit_id in reading:
        asked(staff, visit_id).ok()
        asked(stranger, visit_id).refused(*NONE)
        asked(hire("doctor", clinic.id), visit_id).refused(*NONE)
    talk = call(view_visits, "GET", f"/visits/{twice.other_visit}", who=clinic.doctor.caller).ok()["conversation_id"]
    said = call(view_conversations, "GET", f"/conversations/{talk}/messages", who=clinic.colleague.caller)
    said.refused(*NO_TALK)
    undo = {"version": merged["version"]}
    call(keep_patients, "POST", f"{files}/merges/{twice.other}/undo", undo, who=admin).ok()
    for staff, visit_id in reading:
        asked(staff, visit_id).refused(*NONE)


def test_nobody_else_of_the_house_reads_whatever_their_scope(clinic: Clinic, deliver: Delivery):
    """Admins, operations, nurses, pharmacists; an auditor reads what was said, of their own house alone, and nothing of
    visits. Another house's admin and auditor find nothing."""
    one = treated(clinic, new_patient(), clinic.doctor, True, deliver)
    operator = hire("operator")
    for staff in (clinic.admin, clinic.clerk, clinic.nurse, clinic.pharmacist, clinic.auditor, operator):
        who = replace(staff.caller, scope="organisation")
        call(view_visits, "GET", f"/visits/{one.id}", who=who).refused(*NOT_THEIR_WORK)
        call(view_earlier_visits, "GET", f"/visits/{one.id}/earlier", who=who).refused(*NOT_THEIR_WORK)
        answer = call(view_conversations, "GET", f"/conversations/{one.talk}/messages", who=who)
        answer.refused(*(NO_TALK if who.may("conversation:take_part") else NOT_THEIR_WORK))
        exported = call(export_conversation, "POST", f"/conversations/{one.talk}/exports", who=who)
        assert exported.status == (202 if staff is clinic.auditor else 403)
    elsewhere = found_clinic()
    audit = f"/audit/conversations/{one.talk}/messages"
    call(audit_conversations, "GET", audit, who=clinic.auditor.caller).ok()
    call(audit_conversations, "GET", audit, who=elsewhere.auditor.caller).refused(*NO_TALK)
    file = f"/patients/{one.patient_id}"
    call(keep_patients, "GET", file, who=clinic.admin.caller).ok()
    call(keep_patients, "GET", file, who=elsewhere.admin.caller).refused(404, "patient.not_found")
    for staff in (clinic.doctor, clinic.nurse, clinic.clerk, operator):
        call(keep_patients, "GET", file, who=staff.caller).refused(*NOT_THEIR_WORK)


def test_an_emergency_opens_the_record_and_leaves_every_other_way_closed(clinic: Clinic, deliver: Delivery):
    one = treated(clinic, new_patient(), clinic.doctor, True, deliver)
    reader = with_right(clinic.colleague, "emergency:read")
    opened = opened_record(clinic, one.patient, reader).ok(201)["id"]
    call(read_in_emergency, "GET", f"/emergency-readings/{opened}/visits", who=reader.caller).ok()
    call(view_visits, "GET", f"/visits/{one.id}", who=reader.caller).refused(*NONE)
    for kind, app, method, path in reads(one):
        call(app, method, path, who=reader.caller).refused(*(NONE if kind == "earlier" else NO_TALK))
