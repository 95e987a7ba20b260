"""Patients and doctors look at their visits."""

from __future__ import annotations

import pytest

from consultation.view_visits.app import app
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic, hire, new_patient
from tests.builders.visits import accepted, applied, finished, in_progress, seen

pytestmark = pytest.mark.store


def listed(who: PatientOf | Staff, query: str = "") -> list[str]:
    return [visit["id"] for visit in call(app, "GET", f"/visits{query}", who=who.caller).ok()["items"]]


def test_each_side_sees_its_own_newest_first(clinic: Clinic, patient: PatientOf, time: Time):
    first = applied(clinic, patient)["id"]
    time.passes(seconds=1)
    second = applied(clinic, patient, clinic.colleague)["id"]
    time.passes(seconds=1)
    others = applied(clinic, new_patient())["id"]
    assert listed(patient) == [second, first]
    assert listed(clinic.doctor) == [others, first]
    assert listed(clinic.colleague) == [second]
    assert listed(new_patient()) == []
    assert listed(found_clinic().doctor) == []


def test_by_state_as_it_stands_now(clinic: Clinic, patient: PatientOf, time: Time, deliver: Delivery):
    """A visit past its time is expired in every list, whether or not anybody wrote that down."""
    done = in_progress(clinic, patient, deliver)["id"]
    finished(clinic, done)
    running_out = applied(clinic, patient)["id"]
    taken = applied(clinic, patient, clinic.colleague)["id"]
    assert listed(patient, "?state=applied") == sorted([running_out, taken], reverse=True)
    time.passes(hours=24)
    assert listed(patient, "?state=applied") == []
    assert sorted(listed(patient, "?state=expired")) == sorted([running_out, taken])
    assert listed(patient, "?state=finished") == listed(clinic.doctor, "?state=finished") == [done]
    assert listed(patient, "?state=refused") == []


def test_every_visit_comes_once_over_pages(clinic: Clinic, time: Time):
    made = []
    for _ in range(7):
        made.append(applied(clinic, new_patient())["id"])
        time.passes(seconds=1)
    accepted(clinic, made[3])
    for query, expected in (("", made), ("&state=applied", made[:3] + made[4:])):
        found, cursor = [], ""
        for _ in range(9):
            page = call(app, "GET", f"/visits?limit=2{query}{cursor}", who=clinic.doctor.caller).ok()
            found += [visit["id"] for visit in page["items"]]
            if page["cursor"] is None:
                break
            cursor = f"&cursor={page['cursor']}"
        assert found == expected[::-1]


def test_a_visit_is_seen_by_its_patient_and_its_doctor_and_nobody_else(clinic: Clinic, patient: PatientOf):
    visit_id = applied(clinic, patient)["id"]
    assert seen(visit_id, patient) == seen(visit_id, clinic.doctor)
    for who in (new_patient(), clinic.colleague, found_clinic().doctor):
        call(app, "GET", f"/visits/{visit_id}", who=who.caller).refused(404, "visit.not_found")
    for who in (clinic.nurse, clinic.pharmacist, clinic.admin, hire("operator"), hire("partner")):
        call(app, "GET", f"/visits/{visit_id}", who=who.caller).refused(403, "policy.refused")
        call(app, "GET", "/visits", who=who.caller).refused(403, "policy.refused")


def test_a_visit_that_is_not_there(patient: PatientOf):
    call(app, "GET", "/visits/vis_unknown", who=patient.caller).refused(404, "visit.not_found")
    call(app, "GET", "/visits/nonsense", who=patient.caller).refused(404, "request.not_found")


def test_a_visit_past_its_time_reads_as_expired(clinic: Clinic, patient: PatientOf, time: Time):
    visit_id = applied(clinic, patient)["id"]
    time.passes(hours=30)
    visit = seen(visit_id, patient)
    assert (visit["state"], visit["ended_at"], visit["ahead"]) == ("expired", "2026-11-22T06:30:00Z", None)


@pytest.mark.parametrize("query", ["state=open", "state=", "limit=0", "doctor_id=prr_1"])
def test_what_cannot_be_asked(patient: PatientOf, query: str):
    call(app, "GET", f"/visits?{query}", who=patient.caller).refused(400, "request.schema_broken")
    call(app, "GET", "/visits?cursor=x", who=patient.caller).refused(400, "request.cursor_unknown")


def test_nobody(metrics):
    call(app, "GET", "/visits").refused(401, "identity.missing")
    call(app, "GET", "/visits/vis_1").refused(401, "identity.missing")
