"""The record of earlier visits, for a doctor who treats the patient now."""

from __future__ import annotations

import pytest

from consultation.apply_for_visit.app import app as apply_for_visit
from consultation.view_earlier_visits.app import app
from tests.builders.conversations import Talk, opened_talk
from tests.builders.files import pdf
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import Clinic, found_clinic, new_patient
from tests.builders.uploads import make_buckets, uploaded

pytestmark = pytest.mark.store


def earlier(visit_id: str, who, more: str = "") -> Answer:
    return call(app, "GET", f"/visits/{visit_id}/earlier{more}", who=who.caller)


@pytest.fixture
def now(talk: Talk, deliver, sockets, time: Time) -> Talk:
    """A visit in progress, after one in which five things were said and one taken back."""
    page = talk.socket(talk.patient)
    for number in range(5):
        page.send(talk.id, f"第{number}句", f"client-id-{number}")
    page.say(action="recall", id="recall-id-1", conversation_id=talk.id, seq=3)
    talk.close()
    time.passes(minutes=30)
    return opened_talk(talk.clinic, talk.patient, deliver, sockets)


@pytest.mark.req("IM-15")
def test_the_doctor_opens_the_whole_record_and_pages_back_through_it(talk: Talk, now: Talk, clinic: Clinic):
    before = earlier(now.visit_id, clinic.doctor).ok()["items"]
    assert [one["id"] for one in before] == [talk.visit_id]
    assert before[0]["summary"] == {"conclusion": "紧张性头痛", "advice": "规律作息，一周后复诊"}
    path = f"/{talk.visit_id}/messages"
    newest = earlier(now.visit_id, clinic.doctor, f"{path}?limit=3").ok()
    assert ([one["seq"] for one in newest["items"]], newest["complete"], newest["last_seq"]) == ([5, 6, 7], False, 7)
    rest = earlier(now.visit_id, clinic.doctor, f"{path}?before=5").ok()
    assert [(one["type"], one["content"].get("text")) for one in rest["items"]][1:] == [
        ("text", "第0句"),
        ("recalled", None),
        ("text", "第2句"),
    ]
    assert rest["complete"] is True
    for who in (clinic.colleague, found_clinic().doctor):
        earlier(now.visit_id, who).refused(404, "visit.not_found")
        earlier(now.visit_id, who, path).refused(404, "visit.not_found")
    for who in (now.patient, clinic.nurse, clinic.auditor):
        earlier(now.visit_id, who).refused(403, "policy.refused")


def test_what_was_exchanged_is_opened_too(talk: Talk, clinic: Clinic, deliver, sockets, time: Time):
    make_buckets()
    sheet = uploaded(talk, talk.patient, "file", pdf())
    page = talk.socket(talk.patient)
    content = {"upload_id": sheet["id"]}
    page.say(action="send", id="client-id-file", conversation_id=talk.id, type="file", content=content)
    page.send(talk.id, "这是化验单", "client-id-text")
    talk.close()
    time.passes(minutes=30)
    now = opened_talk(clinic, talk.patient, deliver, sockets)
    opened = earlier(now.visit_id, clinic.doctor, f"/{talk.visit_id}/files/2").ok()
    assert f"/media/{talk.id}/{sheet['id']}/original?" in opened["url"]
    assert opened["expires_at"] == "2026-11-21T07:05:00Z"
    for seq in (1, 3, 99):
        earlier(now.visit_id, clinic.doctor, f"/{talk.visit_id}/files/{seq}").refused(404, "upload.no_file")
    earlier(now.visit_id, clinic.colleague, f"/{talk.visit_id}/files/2").refused(404, "visit.not_found")


def test_only_while_the_patient_is_treated(talk: Talk, now: Talk, clinic: Clinic):
    now.close()
    assert earlier(now.visit_id, clinic.doctor).refused(409, "visit.moved_on") == {"state": "finished"}
    earlier(now.visit_id, clinic.doctor, f"/{talk.visit_id}/messages").refused(409, "visit.moved_on")


def test_nothing_of_other_people_nor_of_later_visits_nor_of_other_organisations(
    talk: Talk, now: Talk, clinic: Clinic, deliver, sockets, time: Time
):
    other = opened_talk(clinic, new_patient(), deliver, sockets)
    elsewhere = opened_talk(found_clinic(), now.patient, deliver, sockets)
    for visit_id in (other.visit_id, elsewhere.visit_id, now.visit_id, "vis_unknown"):
        earlier(now.visit_id, clinic.doctor, f"/{visit_id}/messages").refused(404, "visit.not_found")
    assert [one["id"] for one in earlier(now.visit_id, clinic.doctor).ok()["items"]] == [talk.visit_id]
    assert earlier(other.visit_id, clinic.doctor).ok()["items"] == []


def test_a_visit_that_nobody_took_has_no_messages(now: Talk, clinic: Clinic, time: Time, deliver, sockets):
    body = {
        "doctor_id": clinic.colleague.role.id,
        "complaint": "头晕三天，站起来更明显",
        "notice_id": clinic.notice.id,
        "notice_version": 1,
    }
    untaken = call(apply_for_visit, "POST", "/visits", body, who=now.patient.caller).ok(201)["id"]
    now.close()
    time.passes(minutes=1)
    again = opened_talk(clinic, now.patient, deliver, sockets)
    shown = earlier(again.visit_id, clinic.doctor, f"/{untaken}/messages").ok()
    assert shown == {"items": [], "complete": True, "last_seq": 0}
