"""Who is away hears once that something waits, without a word of what; who is there hears it on the page alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.hospital import HospitalProcess, eventually, running_hospital
from tests.journeys.journal import nothing_failed
from tests.journeys.people import Clinic, Patient, in_progress
from tests.journeys.sockets import online

pytestmark = pytest.mark.journey

ILL = "您的乙肝检查是阳性"


@pytest.fixture(scope="module")
def movable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """A hospital of its own, by day, whose clock the test moves."""
    state = tmp_path_factory.mktemp("reminding") / "state"
    with running_hospital(state, "--clock", "2026-03-02T10:00", "--deliveries", "steady") as process:
        yield process
        nothing_failed(process)


def told(hospital: HospitalProcess, person_id: str) -> list[str]:
    """What left the house for that person, oldest first."""
    items = hospital.get(f"/sandbox/api/notifications?person={person_id}").json()["items"]
    return [one["words"] for one in reversed(items)]


def a_minute_passes(hospital: HospitalProcess) -> None:
    """By the hospital's clock; what is due then is looked at."""
    assert hospital.post("/sandbox/api/clock", {"by_seconds": 60}).status_code == 200
    assert hospital.post("/sandbox/api/schedules/run", {"function": "HouseSweepDue"}).status_code == 202


def hears(hospital: HospitalProcess, person_id: str, count: int) -> list[str]:
    """What that person was told, once it is so many lines; minutes pass until then."""

    def there() -> bool:
        if len(told(hospital, person_id)) < count:
            a_minute_passes(hospital)
        return bool(eventually(lambda: len(told(hospital, person_id)) >= count, seconds=1))

    assert eventually(there, seconds=60), told(hospital, person_id)
    return told(hospital, person_id)


def test_an_absent_patient_gets_one_line_for_all_that_waits_and_a_present_one_none(movable: HospitalProcess) -> None:
    """Accepted while away: one line. Three messages while away: one line more, that says how many. Read, and there:
    none, however long."""
    patient, doctor = Patient.new(movable), Clinic.founded(movable).doctor()
    _, conversation_id = in_progress(patient, doctor)
    assert hears(movable, patient.person_id, 1) == ["您的咨询有新进展，请打开云诊查看。"]
    for _ in range(6):  # nobody is disturbed again within five minutes
        a_minute_passes(movable)
    assert patient.refreshes("patient").status == 200
    assert doctor.refreshes("staff").status == 200
    with online(doctor) as (at_doctor,):
        for text in (ILL, "请尽快来院", "带上病历"):
            at_doctor.sends(conversation_id, text)
        lines = hears(movable, patient.person_id, 2)
        assert lines[1:] == ["您有 3 条新消息，请打开云诊查看。"]
        everything = movable.get("/sandbox/api/notifications").text
        assert all(
            secret not in everything for secret in (ILL, doctor.me["name"], doctor.me["department"], conversation_id)
        )
        with online(patient) as (at_patient,):
            at_patient.say(action="read", conversation_id=conversation_id, seq=4)
            at_patient.hears("read", seq=4)
            at_doctor.sends(conversation_id, "在吗")
            at_patient.hears_message(text="在吗")
            for _ in range(8):
                a_minute_passes(movable)
            assert not eventually(lambda: len(told(movable, patient.person_id)) > 2, seconds=1)
