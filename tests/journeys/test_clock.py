"""The hospital's clock is moved: what fell due happens, once, and nothing happens a second time or too early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.journeys.hospital import HospitalProcess, eventually, running_hospital
from tests.journeys.journal import nothing_failed
from tests.journeys.people import Clinic, Patient
from tests.journeys.sockets import online

pytestmark = pytest.mark.journey

DAY = 86_400


@pytest.fixture(scope="module")
def movable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """A hospital of its own: a moved clock moves for everybody in it. It begins in the past, as a new folder may."""
    state = tmp_path_factory.mktemp("movable") / "state"
    with running_hospital(state, "--clock", "2026-03-02T08:00") as process:
        yield process
        nothing_failed(process)


def moved(hospital: HospitalProcess, **change: object) -> datetime:
    """The hospital's time after a move."""
    answer = hospital.post("/sandbox/api/clock", change)
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["now"])


@pytest.mark.req("CONS-08")
def test_an_application_expires_when_the_clock_passes_its_time_and_only_once(movable: HospitalProcess) -> None:
    """A minute before its time it still waits; a minute after, the sweep comes by itself and both are told."""
    patient, doctor = Patient.new(movable), Clinic.founded(movable).doctor()
    visit = patient.applies_to(doctor)
    assert visit["applied_at"].startswith("2026-03-02T00:")
    moved(movable, by_seconds=DAY - 60)
    assert patient.refreshes("patient").status == 200
    assert patient.sees_visit(visit["id"])["state"] == "applied"

    with online(patient) as (at_patient,):  # a socket lasts two hours
        moved(movable, by_seconds=120)
        at_patient.hears("notice", topic="visit.expired.v1", subject=visit["id"], seconds=20)
        seen = patient.sees_visit(visit["id"])
        assert (seen["state"], seen["ended_at"], seen["version"]) == ("expired", visit["answer_by"], 2)
        moved(movable, by_seconds=3 * DAY)
        assert patient.refreshes("patient").status == 200
        assert not eventually(lambda: patient.sees_visit(visit["id"])["version"] != 2, seconds=0.5)


def test_codes_tokens_and_sessions_end_by_it(movable: HospitalProcess) -> None:
    """Ten minutes for a token, twelve hours for staff, thirty days for a patient."""
    patient, doctor = Patient.new(movable), Clinic.founded(movable).doctor()
    moved(movable, by_seconds=11 * 60)
    assert patient.ask("GET", "/identity/me").status == 401
    assert patient.refreshes("patient").status == 200
    moved(movable, by_seconds=13 * 3600)
    assert doctor.refreshes("staff").status == 401
    assert patient.refreshes("patient").status == 200
    moved(movable, by_seconds=31 * DAY)
    assert patient.refreshes("patient").status == 401


def test_it_does_not_go_back_stands_when_told_and_is_kept_over_a_kill(movable: HospitalProcess) -> None:
    """And the answers' own date is the hospital's."""
    present = moved(movable, stands=True)
    answer = movable.post("/sandbox/api/clock", {"to": (present - timedelta(hours=1)).isoformat()})
    assert (answer.status_code, answer.json()["code"]) == (409, "sandbox.clock_goes_back")
    for nonsense in ({}, {"to": "soon"}, {"by_seconds": "1"}, {"to": "2027-01-01", "by_seconds": 1}, {"stands": 1}):
        assert movable.post("/sandbox/api/clock", nonsense).status_code == 400, nonsense
    movable.arguments = ()  # the same command again would ask for the past, and be refused
    movable.restart()
    shown = movable.get("/sandbox/api/clock")
    assert (datetime.fromisoformat(shown.json()["now"]), shown.json()["stands"]) == (present, True)
    assert shown.headers["Date"] == present.strftime("%a, %d %b %Y %H:%M:%S GMT")
    moved(movable, stands=False)
    assert eventually(lambda: datetime.fromisoformat(movable.get("/sandbox/api/clock").json()["now"]) > present)
