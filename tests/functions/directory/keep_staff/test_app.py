"""Records of staff: taken on, found, changed, removed."""

from __future__ import annotations

from typing import Any

import pytest

from directory.find_doctor.app import app as find_doctor
from directory.keep_departments.app import app as keep_departments
from directory.keep_staff.app import app
from hospital.caller import Asked, Caller
from hospital.people.keys import role_key, staff_contact_key
from hospital.people.store import roles
from hospital.sessions.errors import SessionOver
from hospital.sessions.opening import new_session
from hospital.sessions.store import sessions
from hospital.work import Work
from identity.standing import standing_caller
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic
from tests.builders.staffing import decided, taken_on

pytestmark = pytest.mark.store


def found(who: Caller, query: str = "") -> list[str]:
    return [one["name"] for one in call(app, "GET", f"/staff{query}", who=who).ok()["items"]]


def removed(clinic: Clinic, staff_id: str, who: Caller | None = None) -> Answer:
    return call(app, "DELETE", f"/staff/{staff_id}", who=who or clinic.admin.caller)


def test_a_doctor_from_taking_on_to_removal(clinic: Clinic, time: Time):
    made = taken_on(clinic).ok(201)
    staff = made["staff"]
    assert (staff["standing"], staff["department"], staff["version"]) == ("pending", "心内科", 1)
    assert made["account"] == "new.doctor" and len(made["password"]) == 23
    taken_on(clinic).refused(409, "staff.account_taken")
    assert staff["id"] not in shown_to_patients()
    staff = decided(clinic, staff, "approve").ok()
    assert staff["id"] in shown_to_patients()
    department = {"organisation_id": clinic.id, "code": "skin", "name": "皮肤科"}
    place = call(keep_departments, "POST", "/departments", department, who=clinic.admin.caller).ok(201)["id"]
    body = {"version": staff["version"], "name": "吴刚", "title": "主任医师", "department_id": place}
    staff = call(app, "PUT", f"/staff/{staff['id']}", body, who=clinic.admin.caller).ok()
    assert (staff["title"], staff["department"], staff["standing"]) == ("主任医师", "皮肤科", "approved")
    call(app, "PUT", f"/staff/{staff['id']}", body, who=clinic.admin.caller).refused(409, "request.changed_meanwhile")
    kept = call(keep_departments, "DELETE", f"/departments/{place}", who=clinic.admin.caller)
    assert kept.refused(409, "department.has_staff") == {"staff": 1}
    session = signed_in(staff["id"], clinic.id, time)
    removed(clinic, staff["id"]).ok(204)
    assert staff["id"] not in shown_to_patients()
    with pytest.raises(SessionOver):
        standing_caller(session, staff["id"], clinic.id, time.now)
    call(keep_departments, "DELETE", f"/departments/{place}", who=clinic.admin.caller).ok(204)
    assert "吴刚" not in found(clinic.admin.caller)
    assert found(clinic.admin.caller, "?standing=removed") == ["吴刚"]
    removed(clinic, staff["id"]).refused(409, "staff.moved_on")


def shown_to_patients() -> list[str]:
    return [one["id"] for one in call(find_doctor, "GET", "/doctors").ok()["items"]]


def signed_in(staff_id: str, organisation_id: str, time: Time) -> str:
    role = roles.need(role_key(staff_id))
    with Work(by=_nobody(), doing="test.write") as work:
        opened = new_session(role.person_id, "staff", "doctor", _nobody().asked, time.now, staff_id, organisation_id)
        return work.add(sessions, opened).id


def _nobody() -> Caller:
    return Caller(person_id="test", role=None, asked=Asked(request_id="req-test"))


def test_staff_are_found_by_name_role_standing_and_department(clinic: Clinic):
    admin = clinic.admin.caller
    assert sorted(found(admin)) == sorted(["李明", "赵静", "周敏", "孙立", "钱进", "林正", "许悦"])
    assert found(admin, "?role=nurse") == ["周敏"]
    assert found(admin, "?q=李") == ["李明"]
    assert sorted(found(admin, f"?department_id={clinic.doctor.role.department_id}")) == ["李明", "赵静"]
    taken_on(clinic).ok(201)
    assert found(admin, "?standing=pending") == ["吴刚"]


def reached(who: Caller, phone: str, **more: str) -> list[str]:
    return [one["name"] for one in call(app, "POST", "/staff-searches", {"phone": phone} | more, who=who).ok()["items"]]


def test_a_phone_is_kept_sealed_shown_masked_and_found_by_its_digits(clinic: Clinic):
    admin, stranger = clinic.admin.caller, found_clinic().admin.caller
    staff = taken_on(clinic, phone="138 0013 8000").ok(201)["staff"]
    at = f"/staff/{staff['id']}"
    assert staff["phone_masked"] == "138****8000"
    assert "phone_masked" not in call(app, "GET", "/staff", who=admin).ok()["items"][0]
    assert reached(admin, "13800138000") == ["吴刚"]
    assert reached(stranger, "13800138000") == []
    call(app, "POST", "/staff-searches", {"phone": "13800138000", "organisation_id": clinic.id}, who=stranger).refused(
        404, "organisation.not_found"
    )
    assert "8000" not in str(roles.table.read(staff_contact_key(staff["id"])))
    body = {"version": staff["version"], "name": "吴刚"}
    assert call(app, "PUT", at, body, who=admin).ok()["phone_masked"] == "138****8000"
    assert call(app, "PUT", at, body | {"version": 2, "phone": "13900139000"}, who=admin).ok()["version"] == 3
    assert (reached(admin, "13800138000"), reached(admin, "139-0013-9000")) == ([], ["吴刚"])
    call(app, "PUT", at, body | {"version": 3, "phone": ""}, who=admin).ok()
    assert call(app, "GET", at, who=admin).ok()["phone_masked"] is None
    assert reached(admin, "13900139000") == []
    again = call(app, "PUT", at, body | {"version": 4, "phone": "13700137000"}, who=admin).ok()
    assert (again["phone_masked"], again["account"]) == ("137****7000", "new.doctor")


def test_on_leave_no_patient_sees_them_and_they_still_work_here(clinic: Clinic):
    admin, doctor = clinic.admin.caller, clinic.doctor.role
    body = {"name": doctor.name, "title": doctor.title, "department_id": doctor.department_id}
    put = f"/staff/{doctor.id}"
    left = call(app, "PUT", put, body | {"version": doctor.version, "on_leave": True}, who=admin).ok()
    assert (left["on_leave"], left["standing"]) == (True, "approved")
    assert doctor.id not in shown_to_patients()
    call(find_doctor, "GET", f"/doctors/{doctor.id}").refused(404, "visit.doctor_not_found")
    call(app, "PUT", put, body | {"version": left["version"]}, who=admin).ok()
    assert doctor.id in shown_to_patients()


def test_a_department_is_called_what_it_is_called_now(clinic: Clinic):
    admin, place = clinic.admin.caller, clinic.doctor.role.department_id
    before = call(keep_departments, "GET", f"/departments/{place}", who=admin).ok()
    body = {"version": before["version"], "code": before["code"], "name": "心血管内科"}
    call(keep_departments, "PUT", f"/departments/{place}", body, who=admin).ok()
    listed = call(app, "GET", f"/staff?department_id={place}", who=admin).ok()["items"]
    assert {one["department"] for one in listed} == {"心血管内科"}
    assert call(app, "GET", f"/staff/{clinic.doctor.role.id}", who=admin).ok()["department"] == "心血管内科"


def test_another_organisations_staff_do_not_exist(clinic: Clinic):
    stranger = found_clinic().admin.caller
    staff_id = clinic.doctor.role.id
    assert clinic.doctor.role.id not in [one["id"] for one in call(app, "GET", "/staff", who=stranger).ok()["items"]]
    call(app, "GET", f"/staff?organisation_id={clinic.id}", who=stranger).refused(404, "organisation.not_found")
    call(app, "GET", f"/staff/{staff_id}", who=stranger).refused(404, "staff.not_found")
    body = {"version": 1, "name": "别人"}
    call(app, "PUT", f"/staff/{staff_id}", body, who=stranger).refused(404, "staff.not_found")
    removed(clinic, staff_id, stranger).refused(404, "staff.not_found")
    elsewhere = {"organisation_id": clinic.id, "role": "nurse", "account": "spy", "name": "别人"}
    call(app, "POST", "/staff", elsewhere, who=stranger).refused(404, "organisation.not_found")
    foreign = found_clinic().doctor.role.department_id
    taken_on(clinic, "x.y", department_id=foreign).refused(404, "department.not_found")


def test_nobody_removes_themselves(clinic: Clinic):
    removed(clinic, clinic.admin.role.id).refused(403, "staff.not_oneself")


@pytest.mark.parametrize(
    "wrong", [{"role": "operator"}, {"role": "patient"}, {"name": ""}, {"account": "a b"}, {"phone": "139"}]
)
def test_what_cannot_be_written(clinic: Clinic, wrong: dict[str, Any]):
    taken_on(clinic, **wrong).refused(400, "request.schema_broken")
