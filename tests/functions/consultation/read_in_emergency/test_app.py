"""Rule BREAK-GLASS: what a doctor without a care relation opens in an emergency, and what stays closed."""

from __future__ import annotations

from typing import Any

import pytest

from consultation.read_in_emergency.app import app
from consultation.view_earlier_visits.app import app as view_earlier_visits
from consultation.view_visits.app import app as view_visits
from hospital.break_glass.store import looks_of
from messaging.export_conversation.app import app as export_conversation
from messaging.view_conversations.app import app as view_conversations
from tests.builders.conversations import Talk
from tests.builders.emergencies import WORDS, a_reader, opened_record, with_right
from tests.builders.files import pdf
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, Staff, found_clinic, new_patient
from tests.builders.uploads import make_buckets, uploaded
from tests.builders.visits import applied

pytestmark = pytest.mark.store


def read(opened: dict[str, Any], who: Staff, more: str = "") -> Answer:
    return call(app, "GET", f"/emergency-readings/{opened['id']}{more}", who=who.caller)


def test_the_record_is_open_for_an_hour_and_each_look_is_noted_before_it_is_shown(talk: Talk, time: Time):
    make_buckets()
    page = talk.socket(talk.patient)
    content = {"upload_id": uploaded(talk, talk.patient, "file", pdf())["id"]}
    page.say(action="send", id="client-id-file", conversation_id=talk.id, type="file", content=content)
    page.send(talk.id, "我对青霉素过敏", "client-id-1")
    doctor = a_reader(talk.clinic)
    opened = opened_record(talk.clinic, talk.patient, doctor).ok(201)
    assert (opened["patient_name"], opened["reason"]) == ("王芳", "cannot_answer")
    time.passes(minutes=1)
    (visit,) = read(opened, doctor, "/visits").ok()["items"]
    assert (visit["id"], visit["doctor"]["name"], visit["complaint"]) == (
        talk.visit_id,
        "李明",
        "胸口闷了三天，走快就喘",
    )
    time.passes(minutes=1)
    said = read(opened, doctor, f"/visits/{talk.visit_id}/messages").ok()["items"]
    assert said[-1]["content"]["text"] == "我对青霉素过敏"
    time.passes(minutes=1)
    assert "/original?" in read(opened, doctor, f"/visits/{talk.visit_id}/files/2").ok()["url"]
    looked = [(one.looked_at, one.visit_id) for one in looks_of(opened["id"])]
    assert looked == [("visits", ""), ("messages", talk.visit_id), ("file", talk.visit_id)]
    time.passes(minutes=56, seconds=59)
    assert read(opened, doctor).ok()["ends_at"] == opened["ends_at"]
    time.passes(seconds=1)
    for more in ("", "/visits", f"/visits/{talk.visit_id}/messages", f"/visits/{talk.visit_id}/files/2"):
        assert read(opened, doctor, more).refused(410, "emergency.over")["ended_at"].startswith("2026-11-21T")
    assert len(looks_of(opened["id"])) == 3


def test_it_opens_nothing_but_one_record_to_one_doctor(talk: Talk, clinic: Clinic, deliver, sockets):
    """Neither other patients' records, nor the conversation itself, nor its export; and to nobody else."""
    doctor, other = a_reader(clinic), new_patient("赵小芳")
    another = applied(clinic, other)["id"]
    opened = opened_record(clinic, talk.patient, doctor).ok(201)
    for more in ("messages", "files/1"):
        read(opened, doctor, f"/visits/{another}/{more}").refused(404, "visit.not_found")
        read(opened, doctor, f"/visits/vis_unknown/{more}").refused(404, "visit.not_found")
    who = doctor.caller
    call(view_visits, "GET", f"/visits/{talk.visit_id}", who=who).refused(404, "visit.not_found")
    call(view_earlier_visits, "GET", f"/visits/{talk.visit_id}/earlier", who=who).refused(404, "visit.not_found")
    path = f"/conversations/{talk.id}"
    call(view_conversations, "GET", f"{path}/messages", who=who).refused(404, "conversation.not_found")
    call(export_conversation, "POST", f"{path}/exports", who=who).refused(404, "conversation.not_found")
    for stranger in (with_right(clinic.doctor, "emergency:read"), with_right(found_clinic().doctor, "emergency:read")):
        for more in ("", "/visits", f"/visits/{talk.visit_id}/messages"):
            read(opened, stranger, more).refused(404, "emergency.not_found")
    read({"id": "emr_unknown"}, doctor).refused(404, "emergency.not_found")


def test_who_may_not_open_one(talk: Talk, clinic: Clinic):
    """Without the duty; for a patient of another house, or of none; by a doctor who treats the patient."""
    for staff in (clinic.colleague, clinic.nurse, clinic.admin, clinic.auditor, clinic.clerk):
        opened_record(clinic, talk.patient, staff).refused(403, "policy.refused")
    elsewhere = found_clinic()
    opened_record(elsewhere, talk.patient).refused(404, "patient.not_found")
    file_id = opened_record(clinic, talk.patient).ok(201)["patient_id"]
    opened_record(elsewhere, talk.patient, by="file", value=file_id).refused(404, "patient.not_found")
    opened_record(clinic, new_patient()).refused(404, "patient.not_found")
    opened_record(clinic, talk.patient, value="13900000000").refused(404, "patient.not_found")
    opened_record(clinic, talk.patient, with_right(clinic.doctor, "emergency:read")).refused(
        409, "emergency.not_needed"
    )
    talk.close()
    opened_record(clinic, talk.patient, with_right(clinic.doctor, "emergency:read")).ok(201)


@pytest.mark.parametrize(
    "body",
    [
        {"words": ""},
        {"words": "急"},
        {"words": " " * 20},
        {"reason": ""},
        {"reason": "curious"},
        {"by": "name", "value": "王芳"},
        {"value": ""},
    ],
)
def test_without_a_reason_of_the_list_and_words_nothing_opens(talk: Talk, body: dict[str, str]):
    opened_record(talk.clinic, talk.patient, **body).refused(400, "request.schema_broken")


def test_a_wrong_id_number_is_said_to_be_wrong(talk: Talk):
    answer = opened_record(talk.clinic, talk.patient, by="id_number", value="110101199003070000", words=WORDS)
    assert answer.status in (400, 422) and "id_number" in answer.text
