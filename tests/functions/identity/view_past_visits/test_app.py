"""When a patient was at the hospital before, as its own system holds it."""

from __future__ import annotations

import pytest

from identity.keep_cards.app import app as keep_cards
from identity.view_past_visits.app import app
from infra.local.his.server import HisServer
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.journal import Journal
from tests.builders.people import PatientOf, new_patient

pytestmark = pytest.mark.store

VISITS = [
    {"number": "J1", "at": "2016-03-01T09:30:00+08:00", "department_name": "内科", "diagnoses": []},
    {
        "number": "J2",
        "at": "2026-03-01T09:30:00+08:00",
        "department_name": "心内科",
        "doctor_name": "赵一",
        "diagnoses": [{"code": "I10", "name": "高血压"}],
    },
    {"number": "J3", "at": "2026-05-01T09:30:00+08:00", "department_name": "眼科", "diagnoses": []},
]


def been_there(his: HisServer, who: PatientOf, visits: object = VISITS) -> str:
    """They have a file in the HIS with visits in it; its number."""
    number = str(call(keep_cards, "POST", "/his-file", who=who.caller).ok()["patient_number"])
    assert his.records.change_file(number, {"visits": visits})
    return number


def past_visits(who: PatientOf, query: str = "") -> Answer:
    return call(app, "GET", f"/past-visits{query}", who=who.caller)


def test_visits_are_read_newest_first_as_far_back_as_asked(patient: PatientOf, his: HisServer):
    been_there(his, patient)
    seen = past_visits(patient).ok()
    assert [one["number"] for one in seen["visits"]] == ["J3", "J2"]
    assert seen["visits"][1] == {
        "number": "J2",
        "at": "2026-03-01T01:30:00Z",
        "department_name": "心内科",
        "doctor_name": "赵一",
        "diagnoses": [{"code": "I10", "name": "高血压"}],
    }
    assert seen["since"] == "2023-11-19"
    assert [one["number"] for one in past_visits(patient, "?years=15").ok()["visits"]] == ["J3", "J2", "J1"]
    for years in ("0", "21", "x"):
        past_visits(patient, f"?years={years}").refused(400, "request.schema_broken")


def test_who_was_never_there_has_none(patient: PatientOf, his: HisServer):
    been_there(his, patient, [])
    assert past_visits(patient).ok()["visits"] == []


def test_only_a_verified_person_with_a_file_is_told(patient: PatientOf, his: HisServer):
    past_visits(patient).refused(409, "his_file.not_open")
    past_visits(new_patient(verified=False)).refused(403, "identity.not_verified")
    assert his.records.calls() == []


@pytest.mark.parametrize("mode", ["down", "busy", "garbage"])
def test_a_his_that_is_away_has_no_empty_list(patient: PatientOf, his: HisServer, mode: str):
    been_there(his, patient)
    his.troubles.change({"mode": mode})
    past_visits(patient).refused(503, "his.unavailable")


def test_another_patients_visits_are_refused_and_logged(
    patient: PatientOf, his: HisServer, cloud: Cloud, journal: Journal
):
    number = been_there(his, new_patient("赵别人"))
    been_there(his, patient, [])
    his.troubles.change({"mode": "other_patient"})
    answer = past_visits(patient)
    answer.refused(409, "his.answered_another")
    assert "J2" not in answer.text
    assert cloud.counted("his_answered_another") == 1
    assert "the HIS answered with another patient" in journal.text
    assert number not in journal.text
