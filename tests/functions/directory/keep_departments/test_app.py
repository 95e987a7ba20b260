"""Departments: founded, changed, opened, closed."""

from __future__ import annotations

from typing import Any

import pytest

from directory.find_doctor.app import app as find_doctor
from directory.keep_departments.app import app
from directory.keep_staff.app import app as keep_staff
from hospital.caller import Caller
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, PatientOf, found_clinic
from tests.builders.staffing import taken_on
from tests.builders.visits import applied

pytestmark = pytest.mark.store

CONTENT = {"code": "neuro", "name": "神经内科", "introduction": "神经", "order": 20, "services": ["text_consultation"]}


def found(clinic: Clinic, who: Caller | None = None, **more: Any) -> Answer:
    body = CONTENT | {"organisation_id": clinic.id} | more
    return call(app, "POST", "/departments", body, who=who or clinic.admin.caller)


def changed(clinic: Clinic, department: dict, who: Caller | None = None, **more: Any) -> Answer:
    body = CONTENT | {"version": department["version"]} | more
    return call(app, "PUT", f"/departments/{department['id']}", body, who=who or clinic.admin.caller)


def names(query: str = "") -> list[str]:
    return [one["name"] for one in call(app, "GET", f"/departments{query}").ok()["items"]]


@pytest.mark.req("DIR-02")
def test_a_department_from_founding_to_removal(clinic: Clinic):
    made = found(clinic).ok(201)
    assert made == {**CONTENT, "id": made["id"], "version": 1, "organisation_id": clinic.id}
    assert call(app, "GET", f"/departments/{made['id']}").ok() == made
    found(clinic, name="别的").refused(409, "department.code_taken")
    found(found_clinic()).ok(201)
    found(clinic, code="skin", name="皮肤科", order=5).ok(201)
    assert names(f"?organisation_id={clinic.id}") == ["皮肤科", "神经内科", "心内科"]
    moved = changed(clinic, made, name="脑科", code="brain").ok()
    assert (moved["name"], moved["version"]) == ("脑科", 2)
    assert changed(clinic, made).refused(409, "request.changed_meanwhile") == {"version": 2}
    call(app, "DELETE", f"/departments/{made['id']}", who=clinic.admin.caller).ok(204)
    assert names(f"?organisation_id={clinic.id}") == ["皮肤科", "心内科"]
    call(app, "GET", f"/departments/{made['id']}").refused(404, "department.not_found")
    changed(clinic, moved).refused(404, "department.not_found")
    found(clinic, code="brain").ok(201)


def test_a_new_department_offers_nothing_until_it_is_opened(clinic: Clinic):
    body = {"organisation_id": clinic.id, "code": "new", "name": "新科"}
    assert call(app, "POST", "/departments", body, who=clinic.admin.caller).ok(201)["services"] == []


def test_another_organisations_department_is_not_kept_here(clinic: Clinic):
    made, stranger = found(clinic).ok(201), found_clinic().admin.caller
    found(clinic, stranger).refused(404, "organisation.not_found")
    changed(clinic, made, stranger).refused(404, "department.not_found")
    call(app, "DELETE", f"/departments/{made['id']}", who=stranger).refused(404, "department.not_found")


@pytest.mark.req("DIR-02")
def test_patients_see_the_change(clinic: Clinic, patient: PatientOf):
    """In the list, with the doctor, by searching, and on the visit that they apply for."""
    found(clinic).ok(201)
    department = call(app, "GET", f"/departments/{clinic.doctor.role.department_id}").ok()
    content = {"code": "cardio", "name": "心血管内科"}
    changed(clinic, department, **content).ok()
    of_clinic = f"organisation_id={clinic.id}"
    assert set(names(f"?{of_clinic}")) == {"神经内科", "心血管内科"}
    doctor = call(find_doctor, "GET", f"/doctors/{clinic.doctor.role.id}").ok()
    assert (doctor["department"], doctor["services"]) == ("心血管内科", ["text_consultation"])
    for query, seen in (("q=血管", 2), ("department=心血管内科", 2), ("q=心内科", 0), ("department=心内科", 0)):
        for where in ("", f"&{of_clinic}"):
            assert len(call(find_doctor, "GET", f"/doctors?{query}{where}").ok()["items"]) == seen, (query, where)
    assert applied(clinic, patient)["doctor"]["department"] == "心血管内科"
    changed(clinic, department | {"version": 2}, **content, services=[]).ok()
    assert call(find_doctor, "GET", f"/doctors/{clinic.doctor.role.id}").ok()["services"] == []


@pytest.mark.req("DIR-02")
def test_one_with_active_staff_is_removed_when_they_have_gone(clinic: Clinic):
    made = found(clinic).ok(201)
    place = f"/departments/{made['id']}"
    taken = taken_on(clinic, department_id=made["id"]).ok(201)["staff"]
    refusal = call(app, "DELETE", place, who=clinic.admin.caller).refused(409, "department.has_staff")
    assert refusal == {"staff": 1}
    assert "神经内科" in names(f"?organisation_id={clinic.id}")
    call(keep_staff, "DELETE", f"/staff/{taken['id']}", who=clinic.admin.caller).ok(204)
    call(app, "DELETE", place, who=clinic.admin.caller).ok(204)
    assert "神经内科" not in names(f"?organisation_id={clinic.id}")


@pytest.mark.parametrize(
    "wrong", [{"code": "a b"}, {"name": ""}, {"order": -1}, {"services": ["surgery"]}, {"unknown": 1}]
)
def test_what_cannot_be_written(clinic: Clinic, wrong: dict[str, Any]):
    found(clinic, **wrong).refused(400, "request.schema_broken")
    assert names(f"?organisation_id={clinic.id}") == ["心内科"]
