"""What a run makes of what the hospital's own system tells, however often and however badly it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from directory.find_doctor.app import app as find_doctor
from directory.keep_departments.app import app as keep_departments
from directory.keep_staff.app import app as keep_staff
from directory.on_his_sync_step_due_take import use_case
from hospital.errors import Unavailable
from house.sweep_due.app import app as sweep_due
from infra.local.his.server import HisServer
from tests.builders.acting import act
from tests.builders.cloud import Cloud
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.moments import Time
from tests.builders.people import Clinic
from tests.builders.staffing import decided
from tests.builders.taking_over import BreaksOff, Hospital, counts, taking_over

pytestmark = pytest.mark.store


@pytest.fixture
def hospital(clinic: Clinic, his: HisServer, deliver: Delivery, monkeypatch: pytest.MonkeyPatch) -> Hospital:
    return taking_over(clinic, his, deliver, monkeypatch)


@pytest.mark.req("DIR-04")
def test_a_second_run_changes_nothing(hospital: Hospital, cloud: Cloud):
    for number in range(1, 5):
        hospital.department(f"D{number}")
    hospital.doctor()
    hospital.synced()
    before = kept(cloud)
    again = hospital.synced()
    assert counts(again) == {
        "organisations": {"unchanged": 1},
        "departments": {"unchanged": 4},
        "staff": {"unchanged": 1},
    }
    assert hospital.lines(again) == []
    assert kept(cloud) == before


def kept(cloud: Cloud) -> list[str]:
    """All records of organisations, departments and staff, and what is counted of them."""
    kinds = ("Organisation", "Department", "PractitionerRole", "Person", "Account", "Holdings", "CodeClaim")
    found = [one for one in cloud.rows("people", "record") if one["kind"] in kinds]
    return sorted(json.dumps(one, default=str, sort_keys=True) for one in found)


def test_one_that_became_unreadable_is_not_taken_for_gone(hospital: Hospital):
    hospital.department()
    hospital.doctor()
    hospital.synced()
    hospital.doctor(role="wizard")
    hospital.department(name="")
    assert counts(hospital.synced()) == {
        "organisations": {"unchanged": 1},
        "departments": {"bad": 1},
        "staff": {"bad": 1},
    }
    assert list(hospital.staff()) == ["赵一"]


@pytest.mark.req("DIR-04")
def test_events_that_come_twice_count_once(hospital: Hospital):
    hospital.department()
    hospital.doctor()
    run = hospital.synced(twice=True)
    assert counts(run) == {"organisations": {"changed": 1}, "departments": {"added": 1}, "staff": {"added": 1}}
    assert len(hospital.staff()) == 1


@pytest.mark.req("DIR-04")
def test_each_step_cut_off_before_its_end_is_done_again_and_counts_once(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
):
    hospital.department()
    hospital.department("D2", organisation_code="nowhere")
    hospital.doctor()
    hospital.doctor("S2", name="赵二")
    hospital.doctor(None, name="赵三")
    hand_over = hospital.deliver.hand_over

    def cut_off(*_: object, **__: object) -> None:
        raise Unavailable(reason="busy")

    def twice(envelope: dict[str, Any]) -> None:
        if envelope["type"] == "his_sync.step_due.v1":
            with monkeypatch.context() as broken, pytest.raises(AssertionError):
                broken.setattr(use_case, "move", cut_off)
                hand_over(envelope)
        hand_over(envelope)

    monkeypatch.setattr(hospital.deliver, "hand_over", twice)
    first = hospital.synced()
    assert counts(first) == {
        "organisations": {"changed": 1},
        "departments": {"added": 1, "bad": 1},
        "staff": {"added": 2, "bad": 1},
    }
    assert sorted(hospital.bad(first).values()) == ["code is missing", "organisation_code is unknown"]
    hospital.doctor("S2", name="赵二", active=False)
    hospital.his.records.drop("staff", "None")
    assert counts(hospital.synced())["staff"] == {"unchanged": 1, "removed": 1}
    assert list(hospital.staff()) == ["赵一"]


def test_a_his_that_breaks_off_removes_nothing_and_is_asked_again_from_there(hospital: Hospital, time: Time):
    for number in range(1, 6):
        hospital.department(f"D{number}")
    hospital.doctor()
    hospital.synced()
    hospital.his.records.drop("departments", "D2")
    hospital.his.troubles = BreaksOff(after=2)
    begun = hospital.start().ok(202)
    hospital.deliver()
    waiting = hospital.look(begun["id"])
    assert (waiting["state"], waiting["stage"], counts(waiting)["departments"]) == ("running", 1, {"unchanged": 3})
    assert waiting["next_try_at"] == "2026-11-21T06:31:00Z"
    assert {"D2", "D5"} < hospital.departments().keys()
    hospital.his.troubles = BreaksOff(after=2)
    time.passes(minutes=2)
    act(sweep_due, {})
    hospital.deliver()
    ended = hospital.look(begun["id"])
    assert ended["state"] == "finished", "it went on from the second page, and read nothing twice"
    assert counts(ended)["departments"] == {"unchanged": 4, "removed": 1}
    assert "D2" not in hospital.departments()


def test_records_without_a_code_keep_what_was_not_told(hospital: Hospital):
    hospital.department()
    hospital.doctor()
    hospital.doctor("S2", name="赵二")
    hospital.synced()
    hospital.his.records.drop("staff", "S2")
    hospital.doctor(None, name="赵三")
    assert counts(hospital.synced())["staff"] == {"unchanged": 1, "bad": 1}
    assert set(hospital.staff()) == {"赵一", "赵二"}


def test_a_list_without_anything_removes_nothing(hospital: Hospital):
    hospital.department()
    hospital.doctor()
    hospital.synced()
    hospital.his.records.drop("staff", "S1")
    assert counts(hospital.synced())["departments"] == {"unchanged": 1}
    assert list(hospital.staff()) == ["赵一"]


def test_a_his_that_does_not_know_the_organisation_changes_nothing(hospital: Hospital):
    hospital.his.records.drop("organisations", hospital.code)
    hospital.tell("organisations", code="other", name="别的医院")
    hospital.department(organisation_code="other")
    run = hospital.synced()
    assert (run["state"], run["reason"]) == ("failed", "organisation is unknown")
    assert list(hospital.departments()) == ["cardio"]


def test_another_organisations_records_are_left_there(hospital: Hospital):
    hospital.tell("organisations", code="other", name="别的医院")
    hospital.tell("organisations", code="branch", name="别的分院", parent_code="other")
    hospital.department("D7", organisation_code="branch")
    hospital.doctor("S7", organisation_code="other")
    assert counts(hospital.synced()) == {
        "organisations": {"changed": 1, "elsewhere": 2},
        "departments": {"elsewhere": 1},
        "staff": {"elsewhere": 1},
    }


def test_branches_told_before_the_one_above_them(hospital: Hospital):
    hospital.tell("organisations", code="a3", name="第三层", parent_code="b2")
    hospital.tell("organisations", code="b2", name="第二层", parent_code=hospital.code)
    assert counts(hospital.synced())["organisations"] == {"added": 2, "changed": 1}
    assert counts(hospital.synced())["organisations"] == {"unchanged": 3}


@pytest.mark.req("DIR-04")
def test_what_is_the_hospitals_own_stays(hospital: Hospital):
    hospital.department()
    hospital.doctor()
    hospital.synced()
    admin, department, doctor = hospital.clinic.admin.caller, hospital.departments()["D1"], hospital.staff()["赵一"]
    own = {"introduction": "我们自己写的", "order": 3}
    content = {"code": "D1", "name": "改名", "services": ["text_consultation"], "version": department["version"]}
    call(keep_departments, "PUT", f"/departments/{department['id']}", content | own, who=admin).ok()
    approved = decided(hospital.clinic, doctor, "approve").ok()
    content = {"name": "赵改名", "title": "院长", "department_id": department["id"], "version": approved["version"]}
    call(keep_staff, "PUT", f"/staff/{doctor['id']}", content | own, who=admin).ok()
    run = hospital.synced()
    assert {(one["code"], *one["fields"]) for one in hospital.lines(run)} == {("D1", "name"), ("S1", "name", "title")}
    department, doctor = hospital.departments()["D1"], hospital.staff()["赵一"]
    assert department | own | {"name": "皮肤科", "services": ["text_consultation"]} == department
    assert doctor | own | {"title": "主治医师", "standing": "approved"} == doctor


def test_who_is_new_waits_for_approval_and_signs_in_after_a_reset(hospital: Hospital, cloud: Cloud):
    hospital.department()
    hospital.doctor()
    hospital.synced()
    doctor = hospital.staff()["赵一"]
    assert doctor["standing"] == "pending"
    seen = call(find_doctor, "GET", f"/doctors?organisation_id={hospital.clinic.id}").ok()["items"]
    assert "赵一" not in [one["name"] for one in seen]
    (account,) = [one for one in cloud.rows("people", "record") if one.get("practitioner_role_id") == doctor["id"]]
    assert account["id"] == f"{hospital.code}.s1"


def test_whom_an_admin_removed_stays_removed(hospital: Hospital):
    hospital.department()
    hospital.doctor()
    hospital.synced()
    gone = hospital.staff()["赵一"]["id"]
    call(keep_staff, "DELETE", f"/staff/{gone}", who=hospital.clinic.admin.caller).ok(204)
    assert counts(hospital.synced())["staff"] == {"unchanged": 1}
    assert hospital.staff() == {}


def test_who_comes_back_or_works_elsewhere_begins_anew_as_the_same_person(hospital: Hospital, cloud: Cloud):
    hospital.tell("organisations", code="E1", name="东院", parent_code=hospital.code)
    hospital.department()
    hospital.doctor()
    hospital.doctor("S2", name="赵二")
    hospital.synced()
    first = hospital.staff()["赵一"]
    hospital.doctor(active=False)
    assert counts(hospital.synced())["staff"] == {"removed": 1, "unchanged": 1}
    hospital.doctor()
    assert counts(hospital.synced())["staff"] == {"added": 1, "unchanged": 1}
    again = hospital.staff()["赵一"]
    assert (again["id"] != first["id"], again["standing"]) == (True, "pending")
    hospital.doctor(organisation_code="E1", department_code="")
    assert counts(hospital.synced())["staff"] == {"changed": 1, "unchanged": 1}
    assert list(hospital.staff()) == ["赵二"]
    assert len({one["person_id"] for one in cloud.rows("people", "record") if one.get("his_code") == "S1"}) == 1
    assert counts(hospital.synced())["staff"] == {"unchanged": 2}


def test_what_is_in_use_stays_and_is_listed(hospital: Hospital):
    hospital.department()
    hospital.doctor()
    hospital.synced()
    hospital.department(active=False)
    run = hospital.synced()
    assert hospital.bad(run) == {"D1": "department is in use"}
    hospital.doctor(active=False)
    assert counts(hospital.synced()) == {
        "organisations": {"unchanged": 1},
        "departments": {"removed": 1},
        "staff": {"removed": 1},
    }


def test_a_department_entered_by_hand_is_the_one_of_that_code(hospital: Hospital):
    before = hospital.departments()["cardio"]
    hospital.department("cardio", name="心血管内科")
    assert counts(hospital.synced())["departments"] == {"changed": 1}
    after = hospital.departments()["cardio"]
    assert (after["id"], after["name"], after["services"]) == (before["id"], "心血管内科", before["services"])


def test_a_delta_asks_for_what_changed_since_the_last_run(hospital: Hospital, time: Time):
    hospital.department()
    hospital.doctor()
    assert hospital.synced("delta")["extent"] == "full"
    time.passes(hours=24)
    hospital.tell(
        "departments", code="D2", name="眼科", organisation_code=hospital.code, now="2026-11-21T20:00:00.000Z"
    )
    hospital.his.records.drop("staff", "S1")
    run = hospital.synced("delta")
    assert (run["extent"], run["since"]) == ("delta", "2026-11-21T06:25:00Z")
    assert counts(run) == {"departments": {"added": 1}}
    assert list(hospital.staff()) == ["赵一"]
