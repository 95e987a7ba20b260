"""Reviewing staff: papers, decisions, and what they open."""

from __future__ import annotations

import pytest

from consultation.answer_visit.app import app as answer_visit
from directory.find_doctor.app import app as find_doctor
from directory.keep_registration.app import app as keep_registration
from directory.keep_staff.app import app as keep_staff
from directory.review_staff.app import app
from hospital.people.standing import TRANSITIONS
from hospital.people.store import roles
from hospital.work import Work
from tests.builders.conversations import Talk
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic, new_patient
from tests.builders.staffing import acting_as, decided, paper_kind, taken_on
from tests.builders.visits import applied

pytestmark = pytest.mark.store


def shown(clinic: Clinic, staff_id: str, kind_id: str, valid_until: str | None = "2027-01-31") -> Answer:
    body = {"kind_id": kind_id, "number": "110110000021", "valid_until": valid_until}
    return call(app, "POST", f"/staff/{staff_id}/papers", body, who=clinic.admin.caller)


def test_approved_is_who_has_every_required_paper(clinic: Clinic):
    practice, qualification = paper_kind(), paper_kind(code="qualification", name="医师资格证书", order=20)
    paper_kind(code="nurse", name="护士执业证书", role="nurse")
    staff = taken_on(clinic).ok(201)["staff"]
    facts = decided(clinic, staff, "approve").refused(409, "staff.papers_missing")
    assert facts == {"missing": ["医师执业证书", "医师资格证书"]}
    shown(clinic, staff["id"], practice).ok(201)
    old = shown(clinic, staff["id"], qualification, "2026-11-01").ok(201)
    assert decided(clinic, staff, "approve").refused(409, "staff.papers_missing") == {"missing": ["医师资格证书"]}
    shown(clinic, staff["id"], qualification, None).ok(201)
    call(app, "DELETE", f"/staff/{staff['id']}/papers/{old['id']}", who=clinic.admin.caller).ok(204)
    listed = call(app, "GET", f"/staff/{staff['id']}/papers", who=clinic.admin.caller).ok()["items"]
    assert [one["number_masked"] for one in listed] == ["1101****21", "1101****21"]
    approved = decided(clinic, staff, "approve").ok()
    assert (approved["standing"], approved["valid_until"]) == ("approved", "2027-01-31T16:00:00Z")
    decided(clinic, staff, "approve").refused(409, "request.changed_meanwhile")
    decided(clinic, approved, "restore").refused(409, "staff.moved_on")
    shown(clinic, staff["id"], "ref_unknown").refused(400, "staff.paper_kind_unknown")


def test_who_is_pending_serves_nobody_and_reads_why_they_were_rejected(talk: Talk):
    clinic = talk.clinic
    staff = taken_on(clinic).ok(201)["staff"]
    doctor = acting_as(clinic, staff)
    rejected = decided(clinic, staff, "reject", reason="执业证书照片不清楚").ok()
    seen = call(keep_registration, "GET", "/registration", who=doctor).ok()
    assert (seen["staff"]["standing"], seen["staff"]["standing_reason"]) == ("rejected", "执业证书照片不清楚")
    decided(clinic, rejected, "approve").refused(409, "staff.moved_on")
    again = call(keep_registration, "POST", "/registration/submit", who=doctor).ok()["staff"]
    assert (again["standing"], again["standing_reason"]) == ("pending", "")
    decided(clinic, again, "reject").refused(400, "request.schema_broken")


@pytest.mark.req("DIR-06")
def test_who_is_pending_accepts_nobody_until_somebody_approved_them(talk: Talk):
    clinic, colleague = talk.clinic, talk.clinic.colleague
    visit = applied(clinic, new_patient(), colleague)["id"]
    with Work(by=clinic.admin.caller, doing="test.write") as work:
        work.change(roles, colleague.role, colleague.role.having(standing="pending"))
    accept = f"/visits/{visit}/accept"
    refusal = call(answer_visit, "POST", accept, {}, who=colleague.caller)
    assert refusal.refused(403, "practitioner.not_approved") == {"standing": "pending"}
    rejected = decided(clinic, {"id": colleague.role.id, "version": 2}, "reject", reason="执业证书看不清").ok()
    seen = call(keep_registration, "GET", "/registration", who=colleague.caller).ok()["staff"]
    assert (seen["standing"], seen["standing_reason"]) == ("rejected", "执业证书看不清")
    call(answer_visit, "POST", accept, {}, who=colleague.caller).refused(403, "practitioner.not_approved")
    again = call(keep_registration, "POST", "/registration/submit", who=colleague.caller).ok()["staff"]
    assert again["version"] == rejected["version"] + 1
    decided(clinic, again, "approve").ok()
    call(answer_visit, "POST", accept, {}, who=colleague.caller).ok()


def test_a_suspended_doctor_accepts_nobody_until_they_are_restored(talk: Talk):
    clinic, colleague = talk.clinic, talk.clinic.colleague
    visit = applied(clinic, new_patient(), colleague)["id"]
    staff = {"id": colleague.role.id, "version": 1}
    suspended = decided(clinic, staff, "suspend", reason="投诉核实中").ok()
    refusal = call(answer_visit, "POST", f"/visits/{visit}/accept", {}, who=colleague.caller)
    assert refusal.refused(403, "practitioner.not_approved") == {"standing": "suspended"}
    decided(clinic, suspended, "restore").ok()
    call(answer_visit, "POST", f"/visits/{visit}/accept", {}, who=colleague.caller).ok()


def test_what_ran_out_is_out_of_force_at_once(clinic: Clinic, time: Time):
    kind = paper_kind()
    staff = taken_on(clinic).ok(201)["staff"]
    shown(clinic, staff["id"], kind, "2026-11-22").ok(201)
    decided(clinic, staff, "approve").ok()
    doctor = acting_as(clinic, staff)

    def standing() -> str:
        found: str = call(keep_registration, "GET", "/registration", who=doctor).ok()["staff"]["standing"]
        return found

    def listed(query: str) -> list[str]:
        return [one["id"] for one in call(keep_staff, "GET", f"/staff?{query}", who=clinic.admin.caller).ok()["items"]]

    assert (standing(), staff["id"] in shown_to_patients()) == ("approved", True)
    assert staff["id"] in listed("standing=approved")
    time.passes(hours=34)
    assert (standing(), staff["id"] in shown_to_patients()) == ("expired", False)
    assert (staff["id"] in listed("standing=approved"), listed("standing=expired")) == (False, [staff["id"]])
    call(find_doctor, "GET", f"/doctors/{staff['id']}").refused(404, "visit.doctor_not_found")
    assert call(keep_registration, "POST", "/registration/submit", who=doctor).ok()["staff"]["standing"] == "pending"


def test_papers_that_follow_are_approved_before_the_old_ones_run_out(clinic: Clinic, time: Time):
    """Nobody stops serving between two papers; after a gap they would."""
    practice = paper_kind()
    staff = taken_on(clinic).ok(201)["staff"]
    shown(clinic, staff["id"], practice, "2027-01-31").ok(201)
    approved = decided(clinic, staff, "approve").ok()
    after = {"kind_id": practice, "number": "110110000022", "valid_from": "2027-02-02", "valid_until": "2032-01-31"}
    place = f"/staff/{staff['id']}/papers"
    with_a_gap = call(app, "POST", place, after, who=clinic.admin.caller).ok(201)
    approved = decided(clinic, approved, "approve").ok()
    assert approved["valid_until"] == "2027-01-31T16:00:00Z"
    call(app, "DELETE", f"{place}/{with_a_gap['id']}", who=clinic.admin.caller).ok(204)
    call(app, "POST", place, after | {"valid_from": "2027-02-01"}, who=clinic.admin.caller).ok(201)
    approved = decided(clinic, approved, "approve").ok()
    assert (approved["standing"], approved["valid_until"]) == ("approved", "2032-01-31T16:00:00Z")
    assert {one["state"] for one in call(app, "GET", place, who=clinic.admin.caller).ok()["items"]} == {"reviewed"}


def shown_to_patients() -> list[str]:
    return [one["id"] for one in call(find_doctor, "GET", "/doctors").ok()["items"]]


def test_nobody_decides_about_themselves_or_about_others_staff(clinic: Clinic):
    own = {"id": clinic.admin.role.id, "version": 1}
    decided(clinic, own, "suspend", reason="不来了").refused(403, "staff.not_oneself")
    staff = taken_on(clinic).ok(201)["staff"]
    stranger = found_clinic().admin.caller
    decided(clinic, staff, "approve", stranger).refused(404, "staff.not_found")
    call(app, "GET", f"/staff/{staff['id']}/papers", who=stranger).refused(404, "staff.not_found")


def test_the_ways_through_the_review():
    """Whoever is removed comes back no more; every other standing leads somewhere."""
    from_here = {before for before, _ in TRANSITIONS}
    assert set(TRANSITIONS.values()) - from_here == {"removed"}
    assert all((standing, "remove") in TRANSITIONS for standing in from_here)
