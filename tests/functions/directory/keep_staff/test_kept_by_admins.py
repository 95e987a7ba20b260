"""What an admin does with the records of staff, from beginning to end."""

from __future__ import annotations

import pytest

from directory.find_doctor.app import app as find_doctor
from directory.keep_staff.app import app
from hospital.caller import Caller
from tests.builders.gateway import call
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic
from tests.builders.sign_in import staff_signs_in
from tests.builders.staffing import decided, taken_on

pytestmark = pytest.mark.store


def names(who: Caller, query: str) -> list[str]:
    return [one["name"] for one in call(app, "GET", f"/staff?{query}", who=who).ok()["items"]]


def patients_see() -> list[str]:
    return [one["name"] for one in call(find_doctor, "GET", "/doctors").ok()["items"]]


@pytest.mark.req("DIR-03")
@pytest.mark.parametrize("role", ["doctor", "nurse", "pharmacist"])
def test_taken_on_listed_changed_and_gone(clinic: Clinic, time: Time, role: str):
    """A doctor who was removed stands in no patient's list; whoever was removed can sign in no more."""
    admin = clinic.admin.caller
    made = taken_on(clinic, role=role).ok(201)
    staff, account, password = made["staff"], made["account"], made["password"]
    assert "吴刚" in names(admin, f"role={role}")
    assert "吴刚" not in names(admin, "role=auditor")
    staff = decided(clinic, staff, "approve").ok()
    body = {"version": staff["version"], "name": "吴小刚", "title": "主任", "department_id": staff["department_id"]}
    changed = call(app, "PUT", f"/staff/{staff['id']}", body, who=admin).ok()
    assert (changed["name"], changed["title"]) == ("吴小刚", "主任")
    assert names(admin, f"role={role}&q=吴") == ["吴小刚"]
    assert ("吴小刚" in patients_see()) == (role == "doctor")
    for _ in range(2):  # and again a minute later, with the next code
        assert staff_signs_in(account, password).ok()["me"]["role"] == role
        time.passes(minutes=1)
    call(app, "DELETE", f"/staff/{staff['id']}", who=admin).ok(204)
    assert "吴小刚" not in [*names(admin, f"role={role}"), *patients_see()]
    staff_signs_in(account, password).refused(401, "sign_in.refused")


@pytest.mark.req("DIR-05")
def test_doctors_are_searched_and_changed_by_the_admin_of_their_own_organisation(clinic: Clinic):
    """By name, department and standing; another organisation's are neither found nor changed."""
    admin, other = clinic.admin.caller, found_clinic()
    department = clinic.doctor.role.department_id
    staff = taken_on(clinic).ok(201)["staff"]
    assert names(admin, "role=doctor&q=吴") == ["吴刚"]
    assert "吴刚" in names(admin, f"role=doctor&department_id={department}")
    assert names(admin, "role=doctor&standing=pending") == ["吴刚"]
    assert "吴刚" not in names(admin, "role=doctor&standing=approved")
    body = {"version": staff["version"], "name": "吴刚", "title": "主任医师", "introduction": "擅长高血压。"}
    assert call(app, "PUT", f"/staff/{staff['id']}", body, who=admin).ok()["introduction"] == "擅长高血压。"
    for query in ("role=doctor", "role=doctor&q=吴", "role=doctor&standing=pending"):
        assert "吴刚" not in names(other.admin.caller, query), query
    again = call(app, "PUT", f"/staff/{staff['id']}", body, who=other.admin.caller)
    again.refused(404, "staff.not_found")
