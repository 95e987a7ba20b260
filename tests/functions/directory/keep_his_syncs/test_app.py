"""Runs against the hospital's own system: begun, one at a time, with their report; and each night."""

from __future__ import annotations

import pytest

from directory.keep_his_syncs.app import app
from directory.keep_organisations.app import app as keep_organisations
from directory.sync_his_nightly.app import app as nightly
from hospital.organisations.store import get_organisation
from infra.local.his.server import HisServer
from tests.builders.acting import act
from tests.builders.cloud import Cloud
from tests.builders.delivery import Delivery
from tests.builders.gateway import call
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic
from tests.builders.taking_over import Hospital, counts, taking_over

pytestmark = pytest.mark.store


@pytest.fixture
def hospital(clinic: Clinic, his: HisServer, deliver: Delivery, monkeypatch: pytest.MonkeyPatch) -> Hospital:
    return taking_over(clinic, his, deliver, monkeypatch)


@pytest.mark.req("DIR-04")
def test_a_run_brings_what_is_new_changed_and_gone_and_says_how_much(hospital: Hospital):
    hospital.tell("organisations", code="E1", name="东院", parent_code=hospital.code)
    hospital.department()
    hospital.department("D2", name="眼科", organisation_code="E1")
    hospital.doctor()
    hospital.doctor("S2", name="赵二", role="nurse", department_code="D2", organisation_code="E1")
    first = hospital.synced()
    assert (first["state"], first["stage"]) == ("finished", first["stages"])
    assert counts(first) == {
        "organisations": {"added": 1, "changed": 1},
        "departments": {"added": 2},
        "staff": {"added": 2},
    }
    assert hospital.departments()["D1"]["name"] == "皮肤科"
    assert hospital.staff()["赵一"]["title"] == "主治医师"
    assert get_organisation(hospital.clinic.id).name == "云山医院"

    hospital.department(name="皮肤性病科")
    hospital.doctor(title="主任医师")
    hospital.his.records.drop("staff", "S2")
    hospital.department("D2", name="眼科", organisation_code="E1", active=False)
    second = hospital.synced()
    assert counts(second) == {
        "organisations": {"unchanged": 2},
        "departments": {"changed": 1, "removed": 1},
        "staff": {"changed": 1, "removed": 1},
    }
    said = {(one["kind"], one["code"]): (one["became"], one["fields"]) for one in hospital.lines(second)}
    assert said == {
        ("departments", "D1"): ("changed", ["name"]),
        ("departments", "D2"): ("removed", []),
        ("staff", "S1"): ("changed", ["title"]),
        ("staff", "S2"): ("removed", []),
    }
    assert hospital.departments()["D1"]["name"] == "皮肤性病科"
    assert hospital.staff()["赵一"]["title"] == "主任医师"


@pytest.mark.req("DIR-04")
def test_bad_records_are_listed_and_not_fatal(hospital: Hospital):
    hospital.department()
    hospital.department("D2", name="")
    hospital.department("D3", organisation_code="nowhere")
    hospital.department("D4", name="科" * 41)
    hospital.tell("organisations", code="E9", name="无主院区", parent_code="nowhere")
    hospital.doctor()
    hospital.doctor("S2", role="wizard")
    hospital.doctor("S3", department_code="D9")
    hospital.doctor("S 4")
    run = hospital.synced()
    assert run["state"] == "finished"
    assert hospital.bad(run) == {
        "D2": "name is missing",
        "D3": "organisation_code is unknown",
        "D4": "name is too long",
        "E9": "parent_code is unknown",
        "S2": "role is unknown",
        "S3": "department_code is unknown",
        "S 4": "code is no code",
    }
    assert counts(run)["staff"] == {"added": 1, "bad": 3}
    assert list(hospital.staff()) == ["赵一"]


def test_without_a_his_the_run_ends_and_another_may_begin(hospital: Hospital, cloud: Cloud):
    cloud.turn(HIS_ADAPTER="none")
    run = hospital.synced()
    assert (run["state"], run["reason"]) == ("failed", "none")
    cloud.turn(HIS_ADAPTER="embedded")
    assert hospital.synced()["state"] == "finished"


def test_one_run_at_a_time(hospital: Hospital, time: Time):
    begun = hospital.start().ok(202)
    assert hospital.start().refused(409, "his_sync.runs_already") == {"his_sync_id": begun["id"]}
    time.passes(minutes=61)
    other = hospital.start().ok(202)
    assert hospital.look(begun["id"])["reason"] == "cut_off"
    hospital.deliver()
    assert hospital.look(other["id"])["state"] == "finished"
    listed = call(app, "GET", "/his-syncs", who=hospital.clinic.admin.caller).ok()["items"]
    assert [one["id"] for one in listed] == [other["id"], begun["id"]]


def test_a_branch_is_taken_over_with_the_one_above_it(hospital: Hospital):
    body = {"code": "E1", "name": "东院", "parent_id": hospital.clinic.id}
    admin = hospital.clinic.admin.caller
    branch = call(keep_organisations, "POST", "/organisations", body, who=admin).ok(201)
    answer = call(app, "POST", "/his-syncs", {"organisation_id": branch["id"]}, who=admin)
    assert answer.refused(409, "his_sync.from_the_top") == {"organisation_id": hospital.clinic.id}


def test_another_organisations_admin_sees_and_starts_nothing(hospital: Hospital):
    run, stranger = hospital.synced(), found_clinic().admin.caller
    hospital.start(who=stranger).refused(404, "organisation.not_found")
    for path in (f"/his-syncs/{run['id']}", f"/his-syncs/{run['id']}/lines"):
        call(app, "GET", path, who=stranger).refused(404, "his_sync.not_found")
    path = f"/his-syncs?organisation_id={hospital.clinic.id}"
    call(app, "GET", path, who=stranger).refused(404, "organisation.not_found")
    hospital.start(who=hospital.clinic.doctor.caller).refused(403, "policy.refused")


def test_each_night_what_was_ever_taken_over_is_taken_over_again(hospital: Hospital, time: Time):
    found_clinic()
    assert act(nightly, {}) == {"started": 0}
    hospital.synced()
    time.passes(days=7)
    for extent in ("full", "delta"):
        assert act(nightly, {}) == {"started": 1}
        assert act(nightly, {}) == {"started": 0}
        hospital.deliver()
        newest = call(app, "GET", "/his-syncs?limit=1", who=hospital.clinic.admin.caller).ok()["items"][0]
        assert (newest["state"], newest["extent"]) == ("finished", extent)
        time.passes(days=1)
