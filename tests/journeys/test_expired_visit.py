"""Nobody answers: the consultation closes by itself, both sides are told, and nothing of it lingers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.hospital import HospitalProcess, eventually, running_hospital
from tests.journeys.journal import nothing_failed
from tests.journeys.people import Clinic, Patient, conversation_of
from tests.journeys.sockets import online

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """A hospital in which an application expires as soon as it is made."""
    state = tmp_path_factory.mktemp("impatient") / "state"
    with running_hospital(state, "--parameter", "VisitAnswerWithinMinutes=0") as process:
        yield process
        nothing_failed(process)


def sweep(hospital: HospitalProcess) -> None:
    """The minute is over: what is due is looked for."""
    answer = hospital.post("/sandbox/api/schedules/run", {"function": "HouseSweepDue"})
    assert answer.status_code == 202, answer.text


@pytest.mark.req("CONS-08")
def test_an_unanswered_application_closes_by_itself(impatient: HospitalProcess) -> None:
    """Past its time it has expired for whoever looks, before anybody wrote that down; then it is written down once,
    and both sides are told."""
    clinic = Clinic.founded(impatient)
    patient, doctor = Patient.new(impatient), clinic.doctor()
    with online(patient, doctor) as (at_patient, at_doctor):
        visit_id = patient.applies_to(doctor)["id"]
        for device in (patient, doctor):
            assert device.sees_visit(visit_id)["state"] == "expired"
        assert doctor.sees_queue() == []
        for state, visits in (("expired", [visit_id]), ("applied", [])):
            listed = patient.ok("GET", f"/consultation/visits?state={state}")["items"]
            assert [visit["id"] for visit in listed] == visits
        sweep(impatient)
        for socket in (at_patient, at_doctor):
            socket.hears("notice", topic="visit.expired.v1", subject=visit_id)
        seen = patient.sees_visit(visit_id)
        assert (seen["state"], seen["ended_at"], seen["version"]) == ("expired", seen["answer_by"], 2)

        sweep(impatient)
        at_doctor.hears("notice", topic="visit.applied.v1")
        at_doctor.hears_nothing(0.5)
        assert doctor.sees_visit(visit_id)["version"] == 2


def test_an_expired_application_can_be_neither_taken_nor_refused(impatient: HospitalProcess) -> None:
    """One second late is late, whether the sweep has come by or not."""
    clinic = Clinic.founded(impatient)
    patient, doctor = Patient.new(impatient), clinic.doctor()
    visit_id = patient.applies_to(doctor)["id"]
    refusal = {"reason_id": clinic.reasons[0]["id"]}
    for swept in (False, True):
        for act, body in (("accept", {}), ("refuse", refusal), ("finish", {"conclusion": "结论", "advice": "建议"})):
            path = f"/consultation/visits/{visit_id}/{act}"
            assert doctor.refused(409, "visit.moved_on", "POST", path, body) == {"state": "expired"}
        if not swept:
            sweep(impatient)
            assert eventually(lambda: doctor.sees_visit(visit_id)["version"] == 2)
    assert patient.sees_visit(visit_id)["conversation_id"] is None


def test_the_patient_may_ask_again(impatient: HospitalProcess) -> None:
    """An application that ran out holds no place, swept or not."""
    patient, doctor = Patient.new(impatient), Clinic.founded(impatient).doctor()
    visits = [patient.applies_to(doctor)["id"] for _ in range(2)]
    sweep(impatient)
    assert eventually(lambda: [patient.sees_visit(visit)["version"] for visit in visits] == [2, 2])
    visits.append(patient.applies_to(doctor)["id"])
    assert len(set(visits)) == 3


def test_the_sweep_that_a_killed_hospital_missed(impatient: HospitalProcess) -> None:
    """Down when the time came: opened again, it catches up by itself."""
    patient, doctor = Patient.new(impatient), Clinic.founded(impatient).doctor()
    visit_id = patient.applies_to(doctor)["id"]
    impatient.restart()
    # The next sweep is a minute after the last one before the end.
    assert impatient.post("/sandbox/api/clock", {"by_seconds": 60}).status_code == 200
    assert eventually(lambda: patient.sees_visit(visit_id)["version"] == 2, seconds=20)


@pytest.mark.req("CONS-08")
def test_an_answer_in_time_keeps_it_open(hospital: HospitalProcess) -> None:
    """Swept in the meantime, and again after the answer: nothing expires before its time."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    visit_id = patient.applies_to(doctor)["id"]
    sweep(hospital)
    assert patient.sees_visit(visit_id)["state"] == "applied"
    doctor.accepts(visit_id)
    conversation_of(patient, visit_id)
    sweep(hospital)
    assert not eventually(lambda: patient.sees_visit(visit_id)["state"] != "in_progress", seconds=1)


@pytest.mark.nightly
@pytest.mark.req("CONS-08")
def test_a_minute_to_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In real time and without a hand on the clock: answered just before the limit it stays open, unanswered it
    closes by itself, and both sides are told."""
    state = tmp_path_factory.mktemp("minute") / "state"
    with running_hospital(state, "--parameter", "VisitAnswerWithinMinutes=1") as hospital:
        clinic = Clinic.founded(hospital)
        answered, unanswered = Patient.new(hospital), Patient.new(hospital)
        doctor, colleague = clinic.doctor(), clinic.doctor(1)
        with online(unanswered, colleague) as (at_patient, at_colleague):
            left, kept = unanswered.applies_to(colleague)["id"], answered.applies_to(doctor)["id"]
            assert not eventually(lambda: answered.sees_visit(kept)["state"] != "applied", seconds=55)
            doctor.accepts(kept)
            for socket in (at_patient, at_colleague):
                socket.hears("notice", seconds=130, topic="visit.expired.v1", subject=left)
        assert unanswered.sees_visit(left)["state"] == "expired"
        assert answered.sees_visit(kept)["state"] == "in_progress"
        nothing_failed(hospital)
