"""With whom staff may open a conversation: nurses and pharmacists too, found by name, page by page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from directory.keep_departments.app import app as keep_departments
from hospital.people.store import roles
from hospital.work import Work
from identity.view_profile.app import app as view_profile
from messaging.manage_conversations.app import app
from tests.builders.gateway import call
from tests.builders.people import Clinic, Staff, found_clinic, hire, new_patient
from tests.builders.sign_in import staff_device

pytestmark = pytest.mark.store


def found(who: Staff, **asked: str) -> dict[str, Any]:
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    page: dict[str, Any] = call(app, "GET", f"/colleagues?{query}", who=who.caller).ok()
    return page


def names(who: Staff, **asked: str) -> list[str]:
    return sorted(one["name"] for one in found(who, **asked)["items"])


def test_whoever_takes_part_in_conversations_is_found_and_can_be_talked_to(clinic: Clinic):
    assert names(clinic.doctor) == sorted(["赵静", "周敏", "孙立"])
    assert names(clinic.nurse) == sorted(["李明", "赵静", "孙立"])
    (nurse,) = found(clinic.doctor, q="周")["items"]
    assert (nurse["role"], nurse["organisation_name"]) == ("nurse", clinic.name)
    body = {"type": "direct", "practitioner_role_id": nurse["id"]}
    call(app, "POST", "/conversations", body, who=clinic.doctor.caller).ok(201)
    assert names(clinic.doctor, q="心内") == ["赵静"]
    assert names(clinic.doctor, q="nobody") == []


def test_a_department_is_shown_and_found_as_it_is_called_now(clinic: Clinic):
    place, admin = clinic.colleague.role.department_id, clinic.admin.caller
    code = call(keep_departments, "GET", f"/departments/{place}", who=admin).ok()["code"]
    body = {"version": 1, "code": code, "name": "血管中心"}
    call(keep_departments, "PUT", f"/departments/{place}", body, who=admin).ok()
    assert {one["department"] for one in found(clinic.doctor, q="赵")["items"]} == {"血管中心"}
    assert names(clinic.doctor, q="血管") == ["赵静"]
    assert names(clinic.doctor, q="心内") == []
    assert call(view_profile, "GET", "/me", token=staff_device(clinic.doctor).token).ok()["department"] == "血管中心"


def test_of_other_houses_doctors_alone_are_found(clinic: Clinic):
    elsewhere = found_clinic()
    assert "周敏" not in names(clinic.doctor, among="doctors")
    ids = {one["id"] for one in found(clinic.doctor, among="doctors", limit="100")["items"]}
    assert {elsewhere.doctor.role.id, clinic.colleague.role.id} <= ids
    assert clinic.doctor.role.id not in ids and elsewhere.nurse.role.id not in ids


def test_who_does_not_work_any_more_or_was_not_approved_is_not_found(clinic: Clinic):
    gone, new = hire("nurse", clinic.id, "吴梅"), hire("pharmacist", clinic.id, "郑浩")
    assert names(clinic.doctor, q="梅") == ["吴梅"]
    with Work(by=clinic.admin.caller, doing="test.write") as work:
        work.change(roles, gone.role, gone.role.having(active=False))
        work.change(roles, new.role, new.role.having(standing="pending"))
    assert names(clinic.doctor) == sorted(["赵静", "周敏", "孙立"])


def test_a_large_house_is_read_page_by_page(clinic: Clinic):
    for number in range(7):
        hire("nurse", clinic.id, f"护士{number}")
    seen: list[str] = []
    page = found(clinic.doctor, q="护士", limit="3")
    while True:
        assert len(page["items"]) <= 3
        seen += [one["name"] for one in page["items"]]
        if page["cursor"] is None:
            break
        page = found(clinic.doctor, q="护士", limit="3", cursor=page["cursor"])
    assert sorted(seen) == [f"护士{number}" for number in range(7)]


def test_neither_patients_nor_the_office_learn_who_works_here(clinic: Clinic):
    for who in (new_patient().caller, clinic.admin.caller, clinic.auditor.caller, clinic.clerk.caller):
        call(app, "GET", "/colleagues", who=who).refused(403, "policy.refused")
