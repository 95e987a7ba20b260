"""One's own registration, and a doctor's showing who they are."""

from __future__ import annotations

import pytest

from consultation.answer_visit.app import app as answer_visit
from directory.keep_registration import use_case
from directory.keep_registration.app import app
from hospital.people.keys import check_in_key
from hospital.people.store import check_ins
from hospital.work import Work
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, new_patient
from tests.builders.staffing import KnownDoctors, acting_as, paper_kind, taken_on
from tests.builders.visits import applied

pytestmark = pytest.mark.store


OWN, OTHERS, UNKNOWN = "110101196001010021", "110101196001010048", "110101196001010064"


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> KnownDoctors:
    known = KnownDoctors()
    monkeypatch.setattr(use_case.id_check, "checker", lambda: known)
    return known


def checks_in(clinic: Clinic, id_number: str) -> Answer:
    return call(app, "POST", "/registration/check-in", {"id_number": id_number}, who=clinic.doctor.caller)


def out_again(clinic: Clinic) -> None:
    """The doctor of the founding has not shown who they are."""
    held = check_ins.need(check_in_key(clinic.doctor.role.id))
    with Work(by=clinic.doctor.caller, doing="test.write") as work:
        work.change(check_ins, held, held.model_copy(update={"until": held.checked_at}))


def test_a_doctor_shows_who_they_are_before_seeing_patients(clinic: Clinic, register: KnownDoctors, time: Time):
    """ID-04 in part: accepting. Before it 403, after it the same act works, and how and when is kept."""
    out_again(clinic)
    visit = applied(clinic, new_patient())["id"]
    accept = f"/visits/{visit}/accept"
    facts = call(answer_visit, "POST", accept, {}, who=clinic.doctor.caller).refused(403, "practitioner.not_verified")
    assert facts == {"rule": "VISIT-REAL-DOCTOR"}
    own, others = OWN, OTHERS
    register.known = {own: "李明", others: "别人"}
    checks_in(clinic, others).refused(400, "practitioner.mismatch")
    checks_in(clinic, UNKNOWN).refused(400, "practitioner.mismatch")
    call(answer_visit, "POST", accept, {}, who=clinic.doctor.caller).refused(403, "practitioner.not_verified")
    until = checks_in(clinic, own).ok()["checked_in_until"]
    assert until == "2026-11-21T18:30:00Z", "one working session"
    call(answer_visit, "POST", accept, {}, who=clinic.doctor.caller).ok()
    kept = check_ins.need(check_in_key(clinic.doctor.role.id))
    assert (kept.method, kept.reference, kept.checked_at) == ("number", "r-1", time.now)
    time.passes(hours=13)
    later = applied(clinic, new_patient())["id"]
    call(answer_visit, "POST", f"/visits/{later}/accept", {}, who=clinic.doctor.caller).refused(
        403, "practitioner.not_verified"
    )
    register.known[others] = "李明"
    checks_in(clinic, others).refused(400, "practitioner.mismatch")
    checks_in(clinic, own).ok()


def test_for_how_long_a_check_in_counts_is_the_houses_to_set(
    cloud: Cloud, clinic: Clinic, register: KnownDoctors, time: Time
):
    cloud.turn(DOCTOR_CHECK_IN_HOURS="2")
    out_again(clinic)
    register.known = {OWN: "李明"}
    assert checks_in(clinic, OWN).ok()["checked_in_until"] == "2026-11-21T08:30:00Z"
    first, second = (applied(clinic, new_patient())["id"] for _ in range(2))
    time.passes(hours=1, minutes=59)
    call(answer_visit, "POST", f"/visits/{first}/accept", {}, who=clinic.doctor.caller).ok()
    time.passes(minutes=1)
    call(answer_visit, "POST", f"/visits/{second}/accept", {}, who=clinic.doctor.caller).refused(
        403, "practitioner.not_verified"
    )


def test_numbers_are_not_tried_one_after_the_other(clinic: Clinic, register: KnownDoctors):
    register.known = {OWN: "李明"}
    for _ in range(10):
        checks_in(clinic, UNKNOWN).refused(400, "practitioner.mismatch")
    checks_in(clinic, UNKNOWN).refused(429, "practitioner.too_many_tries")


def test_somebody_new_sees_what_is_asked_and_adds_it(clinic: Clinic):
    kind = paper_kind()
    doctor = acting_as(clinic, taken_on(clinic).ok(201)["staff"])
    seen = call(app, "GET", "/registration", who=doctor).ok()
    assert seen["asked"] == [{"id": kind, "name": "医师执业证书", "required": True}]
    assert (seen["papers"], seen["checked_in_until"], seen["staff"]["standing"]) == ([], None, "pending")
    body = {"kind_id": kind, "number": "110110000021"}
    call(app, "POST", "/registration/papers", body, who=doctor).ok(201)
    assert [one["kind_name"] for one in call(app, "GET", "/registration", who=doctor).ok()["papers"]] == [
        "医师执业证书"
    ]
    call(app, "POST", "/registration/submit", who=doctor).refused(409, "staff.moved_on")
    call(app, "GET", "/registration", who=clinic.admin.caller).refused(403, "policy.refused")
