"""Finding an organisation's patients, reading them masked, changing their files."""

from __future__ import annotations

from typing import Any

import pytest

from consultation.apply_for_visit.app import app as apply_for_visit
from hospital.people.keys import patient_id_of
from hospital.people.model import Patient
from hospital.people.store import get_person, name_hash_of, patients, persons
from hospital.verifications.id_number import parse_id_number
from hospital.verifications.model import Proven
from hospital.verifications.recording import record
from hospital.verifications.store import get_identity
from hospital.work import Work
from identity.keep_blacklist.app import app as keep_blacklist
from identity.keep_patients.app import app
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.moments import START, Time
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic, new_patient
from tests.builders.visits import application, applied

pytestmark = pytest.mark.store


@pytest.fixture
def known(clinic: Clinic) -> PatientOf:
    """A patient with a file at the clinic."""
    patient = new_patient("王小芳")
    applied(clinic, patient)
    return patient


def number_of(patient: PatientOf) -> str:
    identity = get_identity(patient.person.id)
    assert identity is not None
    return identity.id_number


def sought(staff: Staff, by: str, value: str, **more: Any) -> Answer:
    return call(app, "POST", "/patient-searches", {"by": by, "value": value, **more}, who=staff.caller)


def names(staff: Staff, by: str, value: str) -> list[str]:
    return [one["name"] for one in sought(staff, by, value).ok()["items"]]


def at(clinic: Clinic, patient: PatientOf) -> str:
    return f"/patients/{patient_id_of(patient.person.id, clinic.id)}"


@pytest.mark.req("ID-18")
def test_a_patient_is_found_by_phone_number_or_name_and_another_house_finds_nobody(clinic: Clinic, known: PatientOf):
    number, stranger = number_of(known), found_clinic().admin
    asked = {"phone": known.phone, "id_number": number.lower(), "name": " 王 小芳 "}
    for by, value in asked.items():
        (found,) = sought(clinic.admin, by, value).ok()["items"]
        assert found["name"] == "王小芳"
        assert found["phone_masked"] == f"{known.phone[:3]}****{known.phone[-4:]}"
        assert found["id_number_masked"] == f"{number[:3]}***********{number[-4:]}"
        assert known.phone not in str(found) and number not in str(found)
        assert names(stranger, by, value) == []
    call(app, "GET", at(clinic, known), who=stranger.caller).refused(404, "patient.not_found")
    body = {"version": 1, "note": "x"}
    call(app, "PATCH", at(clinic, known), body, who=stranger.caller).refused(404, "patient.not_found")


@pytest.mark.req("ID-18")
def test_a_change_is_kept_sealed_and_has_its_line(clinic: Clinic, known: PatientOf, cloud: Cloud):
    before = call(app, "GET", at(clinic, known), who=clinic.admin.caller).ok()
    body = {"version": before["version"], "contact_phone": "13912345678", "address": "云山路 8 号", "note": "听力不好"}
    after = call(app, "PATCH", at(clinic, known), body, who=clinic.admin.caller).ok()
    assert (after["contact_phone_masked"], after["address"], after["note"]) == (
        "139****5678",
        "云山路 8 号",
        "听力不好",
    )
    call(app, "PATCH", at(clinic, known), body, who=clinic.admin.caller).refused(409, "request.changed_meanwhile")
    emptied = {"version": after["version"], "note": ""}
    left = call(app, "PATCH", at(clinic, known), emptied, who=clinic.admin.caller).ok()
    assert (left["note"], left["address"]) == (None, "云山路 8 号")
    line = [row for row in cloud.rows("people", "audit") if row["kind"] == "Patient"][1]
    assert (line["organisation_id"], line["acts"]) == (clinic.id, ["patient.change_file"])
    assert set(line["fields"]) == {"contact_phone", "address", "note"}
    stored = str(cloud.rows("people", "record")) + str(line)
    assert "听力不好" not in stored and "13912345678" not in stored and "云山路" not in stored


def test_a_name_that_changed_is_found_from_the_next_visit_on(clinic: Clinic, known: PatientOf):
    person = get_person(known.person.id)
    number = parse_id_number(number_of(known), START.date())
    with Work(by=known.caller, doing="person.verify") as work:
        record(work, person.id, Proven("王晓芳", number, "authority", "number"), START)
        work.change(persons, person, person.verified_as("王晓芳", START))
    body = application(clinic, clinic.colleague)
    call(apply_for_visit, "POST", "/visits", body, who=known.caller).ok(201)
    assert names(clinic.admin, "name", "王晓芳") == ["王晓芳"]
    assert names(clinic.admin, "name", "王小芳") == []


def test_many_of_one_name_come_in_pages(clinic: Clinic, time: Time):
    for _ in range(21):
        applied(clinic, new_patient("李伟"))
    first = sought(clinic.admin, "name", "李伟").ok()
    second = sought(clinic.admin, "name", "李伟", cursor=first["cursor"]).ok()
    assert (len(first["items"]), len(second["items"]), second["cursor"]) == (20, 1, None)
    assert len({one["id"] for one in first["items"] + second["items"]}) == 21


def test_who_has_no_file_here_is_not_found(clinic: Clinic):
    patient = new_patient("赵一")
    for by, value in (
        ("phone", patient.phone),
        ("id_number", number_of(patient)),
        ("name", "赵一"),
        ("phone", "一二三"),
    ):
        assert sought(clinic.admin, by, value).ok()["items"] == []
    call(app, "GET", at(clinic, patient), who=clinic.admin.caller).refused(404, "patient.not_found")


def test_what_cannot_be_looked_for_is_refused(clinic: Clinic):
    number = an_id_number()
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    assert sought(clinic.admin, "id_number", wrong).refused(400, "identity.id_number_refused") == {
        "problem": "check_digit"
    }
    sought(clinic.admin, "name", "?!").refused(400, "identity.name_refused")
    sought(clinic.admin, "address", "云山路").refused(400, "request.schema_broken")
    sought(clinic.admin, "name", "李伟", cursor="nonsense").refused(400, "request.cursor_unknown")


def test_the_file_tells_of_the_blacklist(clinic: Clinic, known: PatientOf):
    assert call(app, "GET", at(clinic, known), who=clinic.admin.caller).ok()["blacklisted"] is None
    body = {"patient_id": patient_id_of(known.person.id, clinic.id), "reason": "abuse", "words": "辱骂医生"}
    one = call(keep_blacklist, "POST", "/blacklist", body, who=clinic.admin.caller).ok(201)
    shown = call(app, "GET", at(clinic, known), who=clinic.admin.caller).ok()["blacklisted"]
    assert shown == {"id": one["id"], "state": "listed"}
    call(keep_blacklist, "POST", f"/blacklist/{one['id']}/remove", {"words": "谈过了"}, who=clinic.admin.caller).ok()
    assert call(app, "GET", at(clinic, known), who=clinic.admin.caller).ok()["blacklisted"] is None


def test_a_child_has_a_file_and_no_account(clinic: Clinic):
    place = patient_id_of("per_child", clinic.id)
    file = Patient(
        id=place,
        person_id="per_child",
        organisation_id=clinic.id,
        opened_at=START,
        name="王小宝",
        name_hash=name_hash_of(clinic.id, "王小宝"),
    )
    with Work(by=clinic.admin.caller, doing="test.set_up") as work:
        work.add(patients, file)
    (found,) = sought(clinic.admin, "name", "王小宝").ok()["items"]
    assert (found["name"], found["phone_masked"], found["level"]) == ("王小宝", None, None)
    body = {"patient_id": place, "reason": "other", "words": "试一试"}
    listed = call(keep_blacklist, "POST", "/blacklist", body, who=clinic.admin.caller).ok(201)
    assert (listed["name"], listed["phone_masked"]) == ("王小宝", None)


def test_only_who_keeps_files_reads_them(clinic: Clinic, known: PatientOf):
    for staff in (clinic.doctor, clinic.nurse, clinic.auditor, clinic.clerk):
        sought(staff, "phone", known.phone).refused(403, "policy.refused")
    call(app, "GET", at(clinic, known), who=known.caller).refused(403, "policy.refused")
