"""A patient's file in the hospital's own system, which is another program: away, back, and never doubled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Json, Patient, a_key

pytestmark = pytest.mark.journey


@pytest.fixture
def his(hospital: HospitalProcess) -> Iterator[HospitalProcess]:
    """The HIS is well again after each test."""
    yield hospital
    turned(hospital, "none")


def turned(hospital: HospitalProcess, mode: str) -> Json:
    """What the HIS does from here on, and how many files it holds."""
    answer = hospital.post("/sandbox/api/his/troubles", {"mode": mode})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.req("ID-20")
def test_a_file_is_opened_when_the_his_is_back_and_only_once(his: HospitalProcess) -> None:
    patient = Patient.new(his)
    before = turned(his, "down")["files"]
    assert patient.ok("POST", "/identity/his-file", key=a_key())["state"] == "waiting"
    patient.refused(409, "his_file.not_open", "GET", "/identity/cards")
    assert turned(his, "none")["files"] == before
    opened = patient.ok("POST", "/identity/his-file", key=a_key())
    assert opened["state"] == "open"
    assert patient.ok("POST", "/identity/his-file", key=a_key()) == opened
    assert turned(his, "none")["files"] == before + 1
    assert [card["kind"] for card in patient.ok("GET", "/identity/cards")["cards"]] == ["visit", "record"]


def test_what_was_asked_is_shown_without_a_name(his: HospitalProcess) -> None:
    patient = Patient.new(his)
    number = patient.ok("POST", "/identity/his-file", key=a_key())["patient_number"]
    patient.ok("GET", "/identity/cards")
    shown = his.get("/sandbox/api/his").json()
    assert {call["what"] for call in shown["calls"]} >= {"files", "cards"}
    assert number in {call["about"] for call in shown["calls"]}
    assert patient.me["name"] not in str(shown)
