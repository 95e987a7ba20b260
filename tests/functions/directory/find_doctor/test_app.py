"""Looking for a doctor."""

from __future__ import annotations

import pytest

from directory.find_doctor.app import app
from directory.keep_departments.app import app as keep_departments
from hospital.people.keys import role_key
from hospital.people.store import roles
from hospital.work import Work
from tests.builders.gateway import call
from tests.builders.notes import doctor as somebody
from tests.builders.people import Clinic, found_clinic, hire

pytestmark = pytest.mark.store


def found(query: str = "") -> list[dict]:
    return call(app, "GET", f"/doctors{query}").ok()["items"]


def change(role_id: str, **changes: object) -> None:
    with Work(by=somebody(), doing="test.write") as work:
        role = roles.need(role_key(role_id))
        work.change(roles, role, role.having(**changes))


def test_anybody_sees_a_doctor(clinic: Clinic):
    assert call(app, "GET", f"/doctors/{clinic.doctor.role.id}").ok() == {
        "id": clinic.doctor.role.id,
        "name": "李明",
        "title": "主任医师",
        "department": "心内科",
        "department_id": clinic.doctor.role.department_id,
        "services": ["text_consultation", "video_visit"],
        "organisation_id": clinic.id,
        "organisation_name": clinic.name,
        "introduction": "",
        "specialities": "",
    }


def test_the_list_holds_doctors_only_in_their_order(clinic: Clinic):
    change(clinic.colleague.role.id, order=1)
    assert [one["name"] for one in found()] == ["赵静", "李明"]


def test_who_may_not_be_asked_is_not_found(clinic: Clinic):
    change(clinic.colleague.role.id, active=False)
    assert [one["name"] for one in found()] == ["李明"]
    for doctor_id in (clinic.colleague.role.id, clinic.nurse.role.id, clinic.doctor.caller.person_id, "prr_unknown"):
        call(app, "GET", f"/doctors/{doctor_id}").refused(404, "visit.doctor_not_found")


def test_a_search_by_name_department_and_organisation(clinic: Clinic):
    other = found_clinic("海天医院")
    body = {"organisation_id": clinic.id, "code": "neuro", "name": "神经内科"}
    neurology = call(keep_departments, "POST", "/departments", body, who=clinic.admin.caller).ok(201)
    change(clinic.colleague.role.id, department_id=neurology["id"])
    assert {one["id"] for one in found(f"?organisation_id={clinic.id}")} == {
        clinic.doctor.role.id,
        clinic.colleague.role.id,
    }
    assert {one["organisation_name"] for one in found("?q=李")} == {clinic.name, other.name}
    assert [one["id"] for one in found("?department=神经内科")] == [clinic.colleague.role.id]
    assert {one["id"] for one in found(f"?department_id={other.doctor.role.department_id}")} == {
        other.doctor.role.id,
        other.colleague.role.id,
    }
    assert [one["id"] for one in found(f"?department=心内科&q=李明&organisation_id={other.id}")] == [
        other.doctor.role.id
    ]
    assert found("?department=神经内科&q=李") == []
    assert found("?organisation_id=org_unknown") == []


def test_every_doctor_comes_once_over_pages(clinic: Clinic):
    for number in range(7):
        hire("doctor", clinic.id, f"医生{number}")
    for query in ("", f"&organisation_id={clinic.id}", "&department=心内科"):
        names, cursor = [], ""
        for _ in range(9):
            page = call(app, "GET", f"/doctors?limit=2{query}{cursor}").ok()
            names += [one["name"] for one in page["items"]]
            if page["cursor"] is None:
                break
            cursor = f"&cursor={page['cursor']}"
        assert sorted(names) == sorted(["李明", "赵静", *(f"医生{number}" for number in range(7))])


def test_nobody_is_there(cloud):
    assert call(app, "GET", "/doctors").ok() == {"items": [], "cursor": None}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("q=" + "x" * 41, "request.schema_broken"),
        ("organisation_id=no%20id", "request.schema_broken"),
        ("limit=0", "request.schema_broken"),
        ("name=x", "request.schema_broken"),
        ("cursor=x", "request.cursor_unknown"),
    ],
)
def test_what_cannot_be_asked(cloud, query: str, code: str):
    call(app, "GET", f"/doctors?{query}").refused(400, code)
