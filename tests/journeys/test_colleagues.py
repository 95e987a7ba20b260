"""Colleagues talk beside the patient: across organisations, in groups whose people come and go; the auditor reads what
was taken back, and at the next visit the doctor opens the one before."""

from __future__ import annotations

import pytest

from tests.journeys.hospital import HospitalProcess, eventually
from tests.journeys.people import Clinic, Device, Json, Patient, a_key, in_progress
from tests.journeys.sockets import Socket, online

pytestmark = pytest.mark.journey

CONVERSATIONS = "/messaging/conversations"


def opens(who: Device, **body: object) -> str:
    conversation: Json = who.ok("POST", CONVERSATIONS, body, key=a_key())
    return str(conversation["id"])


def numbers(who: Device, conversation_id: str) -> list[int]:
    return [message["seq"] for message in who.reads_messages(conversation_id, "limit=100")["items"]]


@pytest.mark.req("IM-13")
def test_doctors_of_two_organisations_consult_each_other_unheard_by_the_patient(hospital: HospitalProcess) -> None:
    """A direct conversation, then a group that a third joins and leaves."""
    clinic, elsewhere = Clinic.founded(hospital), Clinic.founded(hospital)
    doctor, other, third, patient = clinic.doctor(), elsewhere.doctor(), clinic.doctor(1), Patient.new(hospital)
    with online(doctor, other, third) as (page, far, late):
        direct = opens(doctor, type="direct", practitioner_role_id=other.role_id)
        assert far.hears("notice", topic="conversation.opened.v1")["subject"] == direct
        page.sends(direct, "请看一下这份心电图")
        assert far.hears_message(text="请看一下这份心电图")["sender"]["name"] == doctor.account["name"]
        group = opens(doctor, type="group", name="会诊", practitioner_role_ids=[other.role_id], history="from_join")
        page.sends(group, "先讨论用药")
        joined = {"practitioner_role_ids": [third.role_id]}
        doctor.ok("POST", f"{CONVERSATIONS}/{group}/members", joined, key=a_key())
        assert late.hears_message(seq=3)["content"]["event"] == "joined"
        far.sends(group, "欢迎")
        assert late.hears_message(text="欢迎")["seq"] == 4
        doctor.ok("DELETE", f"{CONVERSATIONS}/{group}/members/{third.person_id}", key=a_key())
        assert numbers(third, group) == [3, 4, 5]
        page.sends(group, "最后一句")
        assert far.hears_message(text="最后一句")["seq"] == 6
        assert "最后一句" not in str(late.waits(0.5))
        assert numbers(third, group) == [3, 4, 5]
        refuses(late, group)
    for conversation_id in (direct, group):
        patient.refused(404, "conversation.not_found", "GET", f"{CONVERSATIONS}/{conversation_id}/messages")
    third.refused(404, "conversation.not_found", "GET", f"{CONVERSATIONS}/{direct}/messages")


def refuses(page: Socket, conversation_id: str) -> None:
    """Who left cannot write."""
    name = a_key()
    page.puts(conversation_id, "我还在吗", name)
    assert page.hears("error", id=name)["code"] == "conversation.not_found"


@pytest.mark.req("IM-09", "IM-14", "IM-15")
def test_what_was_taken_back_is_kept_for_the_auditor_and_what_was_said_for_the_next_visit(
    hospital: HospitalProcess,
) -> None:
    """From a slip of the tongue to the visit after."""
    clinic, patient = Clinic.founded(hospital), Patient.new(hospital)
    doctor, auditor = clinic.doctor(), clinic.one("auditor")
    visit, conversation = in_progress(patient, doctor)
    with online(patient, doctor) as (phone, desk):
        slip = phone.sends(conversation, "发错了")["seq"]
        desk.hears_message(text="发错了")
        phone.say(action="recall", id="recall-by-patient", conversation_id=conversation, seq=slip)
        phone.hears("ack", id="recall-by-patient")
        assert desk.hears_message(seq=slip + 1)["content"] == {"seq": slip}
        desk.say(action="recall", id="recall-by-doctor", conversation_id=conversation, seq=slip)
        assert desk.hears("error", id="recall-by-doctor")["code"] == "message.not_yours"
    for who in (patient, doctor):
        assert who.reads_messages(conversation)["items"][slip - 1]["type"] == "recalled"
    audit = f"/messaging/audit/conversations/{conversation}/messages"
    kept = auditor.ok("GET", audit)["items"][slip - 1]
    assert (kept["content"], kept["receivers"]) == ({"text": "发错了"}, [doctor.person_id])
    assert kept["recalled"]["by_seq"] == slip + 1
    Clinic.founded(hospital).one("auditor").refused(404, "conversation.not_found", "GET", audit)
    doctor.refused(403, "policy.refused", "GET", audit)
    for method in ("DELETE", "PUT", "PATCH"):
        assert auditor.ask(method, f"{CONVERSATIONS}/{conversation}/messages/{slip}", {}).status in (403, 404, 405)
    doctor.finishes(visit)
    again, _ = in_progress(patient, doctor)
    assert doctor.ok("GET", f"/consultation/visits/{again}/earlier")["items"][0]["id"] == visit
    earlier = f"/consultation/visits/{again}/earlier/{visit}/messages"
    assert [one["type"] for one in doctor.ok("GET", earlier)["items"]] == ["system", "recalled", "recall"]
    clinic.doctor(1).refused(404, "visit.not_found", "GET", earlier)


def test_the_record_is_taken_away_as_a_file(hospital: HospitalProcess) -> None:
    """Asked for, followed, fetched from an address of five minutes."""
    clinic, patient = Clinic.founded(hospital), Patient.new(hospital)
    doctor = clinic.doctor()
    _, conversation = in_progress(patient, doctor)
    with online(patient) as (phone,):
        phone.sends(conversation, "头痛 <b>两天</b>")
    exports = f"{CONVERSATIONS}/{conversation}/exports"
    path = f"{exports}/{doctor.ok('POST', exports, key=a_key())['id']}"
    assert eventually(lambda: doctor.ok("GET", path)["state"] == "ready", 30)
    ready = doctor.ok("GET", path)
    answer = doctor.browser.get(f"{hospital.origin}{ready['url'].removeprefix(hospital.origin)}", timeout=20)
    assert answer.status_code == 200, answer.text
    assert "头痛 &lt;b&gt;两天&lt;/b&gt;" in answer.content.decode()
    assert len(answer.content) == ready["size"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    clinic.doctor(1).refused(404, "conversation.not_found", "GET", path)
