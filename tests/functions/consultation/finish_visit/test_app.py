"""A doctor ends the consultation with a summary."""

from __future__ import annotations

import pytest

from consultation.finish_visit.app import app
from hospital.conversations.keys import conversation_key, tail_key
from hospital.conversations.store import conversations, tails
from messaging.view_conversations.app import app as view_conversations
from tests.builders.cloud import together
from tests.builders.delivery import Delivery
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic
from tests.builders.visits import SUMMARY, accepted, applied, in_progress, seen

pytestmark = pytest.mark.store


def finish(visit_id: str, who: Staff | PatientOf, **more: object) -> Answer:
    key = more.pop("key", None)
    return call(app, "POST", f"/visits/{visit_id}/finish", SUMMARY.model_dump() | more, who=who.caller, key=key)


def test_the_patient_reads_the_summary(clinic: Clinic, patient: PatientOf, deliver: Delivery, time: Time):
    visit = in_progress(clinic, patient, deliver)
    time.passes(minutes=20)
    done = finish(visit["id"], clinic.doctor).ok()
    assert done == visit | {
        "state": "finished",
        "version": 4,
        "ended_at": "2026-11-21T06:50:00Z",
        "summary": {"conclusion": "紧张性头痛", "advice": "规律作息，一周后复诊"},
    }
    assert seen(visit["id"], patient) == seen(visit["id"], clinic.doctor) == done
    assert sorted(deliver()) == ["conversation.closed.v1", "visit.finished.v1"]


def test_the_conversation_closes_in_the_same_act(clinic: Clinic, patient: PatientOf, deliver: Delivery):
    visit = in_progress(clinic, patient, deliver)
    finish(visit["id"], clinic.doctor).ok()
    conversation_id = visit["conversation_id"]
    assert conversations.need(conversation_key(conversation_id)).state == "closed"
    assert not tails.need(tail_key(conversation_id)).open
    shown = call(view_conversations, "GET", f"/conversations/{conversation_id}", who=patient.caller).ok()
    assert (shown["state"], shown["closed_at"]) == ("closed", "2026-11-21T06:30:00Z")


def test_the_same_wish_twice_is_done_once(clinic: Clinic, patient: PatientOf, deliver: Delivery):
    visit_id = in_progress(clinic, patient, deliver)["id"]
    first, again = (finish(visit_id, clinic.doctor, key="key-of-the-page") for _ in range(2))
    assert first.ok() == again.ok()
    assert finish(visit_id, clinic.doctor).refused(409, "visit.moved_on") == {"state": "finished"}


def test_only_a_visit_in_progress_is_finished(clinic: Clinic, patient: PatientOf, time: Time):
    visit_id = applied(clinic, patient)["id"]
    assert finish(visit_id, clinic.doctor).refused(409, "visit.moved_on") == {"state": "applied"}
    accepted(clinic, visit_id)
    assert finish(visit_id, clinic.doctor).refused(409, "visit.moved_on") == {"state": "accepted"}
    other = applied(clinic, patient, clinic.colleague)["id"]
    time.passes(hours=24)
    assert finish(other, clinic.colleague).refused(409, "visit.moved_on") == {"state": "expired"}


def test_of_eight_who_finish_at_once_one_does(clinic: Clinic, patient: PatientOf, deliver: Delivery):
    visit_id = in_progress(clinic, patient, deliver)["id"]
    answers = together(8, lambda number: finish(visit_id, clinic.doctor, conclusion=f"结论 {number}"))
    (won,) = [answer.json for answer in answers if answer.status == 200]
    lost = [answer.refused(409, "visit.moved_on") for answer in answers if answer.status != 200]
    assert lost == [{"state": "finished"}] * 7
    assert seen(visit_id, patient)["summary"] == won["summary"]


def test_who_is_not_the_doctor_cannot_finish(clinic: Clinic, patient: PatientOf, deliver: Delivery):
    visit_id = in_progress(clinic, patient, deliver)["id"]
    finish(visit_id, clinic.colleague).refused(403, "visit.not_the_doctor")
    finish(visit_id, found_clinic().doctor).refused(404, "visit.not_found")
    for who in (patient, clinic.nurse, clinic.admin):
        finish(visit_id, who).refused(403, "policy.refused")
    finish("vis_unknown", clinic.doctor).refused(404, "visit.not_found")
    assert seen(visit_id, patient)["state"] == "in_progress"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"conclusion": ""}, "conclusion"),
        ({"conclusion": " x "}, "conclusion"),
        ({"conclusion": "x" * 2001}, "conclusion"),
        ({"advice": None}, "advice"),
        ({"advice": "x" * 4001}, "advice"),
        ({"prescription": "x"}, "prescription"),
    ],
)
def test_a_summary_that_breaks_its_schema(clinic: Clinic, changes: dict, field: str):
    facts = finish("vis_1", clinic.doctor, **changes).refused(400, "request.schema_broken")
    assert [problem["field"] for problem in facts["fields"]] == [field]
