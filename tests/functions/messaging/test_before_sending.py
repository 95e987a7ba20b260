"""What is looked at before a message is stored: its type, its words, its card, and what was agreed for a visit."""

from __future__ import annotations

import pytest

from directory.maintain_reference.app import app as maintain_reference
from messaging.audit_conversations.app import app as audit
from messaging.view_conversations.app import app as view_conversations
from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk, opened_talk
from tests.builders.gateway import call
from tests.builders.groups import Group, direct
from tests.builders.moments import Time
from tests.builders.people import Clinic, PatientOf, found_clinic, new_patient
from tests.builders.sockets import Frame, Socket

pytestmark = pytest.mark.store

PRESSURE = {
    "kind": "blood_pressure",
    "value": 132,
    "second": 84,
    "unit": "mmHg",
    "measured_at": "2026-11-21T08:00:00+08:00",
}


def send(page: Socket, talk: Talk, type_: str, content: dict, name: str = "client-id-1") -> Frame:
    return page.say(action="send", id=name, conversation_id=talk.id, type=type_, content=content)


def forbid(clinic: Clinic, word: str, act: str) -> str:
    """The clinic's list has that word from now on; its id."""
    body = {"content": {"word": word, "act": act}}
    item: str = call(maintain_reference, "POST", "/reference/sensitive_words", body, who=clinic.admin.caller).ok(201)[
        "id"
    ]
    return item


# -- types --------------------------------------------------------------------------------------------------------


@pytest.mark.req("IM-07")
def test_a_type_of_ones_own_arrives_as_it_was_sent_and_what_breaks_its_schema_is_refused(talk: Talk):
    page, other = talk.socket(talk.patient), talk.socket(talk.doctor)
    assert send(page, talk, "x-measurement", PRESSURE)["seq"] == 2
    talk.deliver()
    pushed = other.take("message")[-1]["message"]
    assert (pushed["type"], pushed["content"]) == ("x-measurement", PRESSURE | {"note": ""})
    assert talk.messages(talk.doctor)[-1] == pushed
    broken = send(page, talk, "x-measurement", PRESSURE | {"unit": "kPa"}, "client-id-2")
    assert (broken["code"], broken["facts"]["fields"][0]["field"]) == ("request.schema_broken", "content")
    assert send(page, talk, "x-unknown", {}, "client-id-3")["code"] == "message.type_unknown"
    for type_ in ("system", "recall", "recalled"):
        assert send(page, talk, type_, {"seq": 2}, "client-id-4")["code"] == "message.type_unknown"
    assert len(talk.messages(talk.patient)) == 2


# -- cards --------------------------------------------------------------------------------------------------------


def card(visit_id: str) -> dict:
    return {"card": {"type": "visit", "id": visit_id}}


def test_a_card_shows_the_record_as_it_is_when_opened_to_who_may_read_it(talk: Talk, sockets):
    page = talk.socket(talk.patient)
    assert send(page, talk, "card", card(talk.visit_id))["seq"] == 2
    opened = talk.ask("GET", "/cards/2", talk.doctor).ok()
    assert opened == {
        "type": "visit",
        "id": talk.visit_id,
        "title": "问诊 · 李明 心内科",
        "said": "胸口闷了三天，走快就喘",
        "state": "in_progress",
        "at": "2026-11-21T06:30:00Z",
        "link": f"/visits/{talk.visit_id}",
    }
    talk.close()
    assert talk.ask("GET", "/cards/2", talk.patient).ok()["said"] == "紧张性头痛", "live, not a copy"
    colleagues = direct(talk.doctor, talk.clinic.colleague, sockets)
    to_colleague = sockets.open(talk.doctor.caller)
    to_colleague.say(
        action="send", id="client-id-2", conversation_id=colleagues.id, type="card", content=card(talk.visit_id)
    )
    path = f"/conversations/{colleagues.id}/cards/2"
    assert call(view_conversations, "GET", path, who=talk.doctor.caller).ok()["id"] == talk.visit_id
    call(view_conversations, "GET", path, who=talk.clinic.colleague.caller).refused(404, "card.not_found")


def test_nobody_sends_a_card_of_what_they_may_not_read(talk: Talk, clinic: Clinic, deliver, sockets):
    foreign = opened_talk(clinic, new_patient(), deliver, sockets)
    page = talk.socket(talk.patient)
    for visit_id in (foreign.visit_id, "vis_unknown"):
        assert send(page, talk, "card", card(visit_id))["code"] == "card.not_found"
    outsider = talk.sockets.open(clinic.colleague.caller)
    assert send(outsider, talk, "card", card(talk.visit_id))["code"] == "conversation.not_found"
    for seq in (1, 2, 99):
        talk.ask("GET", f"/cards/{seq}", talk.patient).refused(404, "card.not_found")


def test_a_recalled_card_opens_no_more(talk: Talk):
    page = talk.socket(talk.patient)
    send(page, talk, "card", card(talk.visit_id))
    page.say(action="recall", id="recall-id-1", conversation_id=talk.id, seq=2)
    talk.ask("GET", "/cards/2", talk.doctor).refused(404, "card.not_found")


# -- words --------------------------------------------------------------------------------------------------------


def test_a_forbidden_word_is_refused_without_repeating_it(talk: Talk, journal):
    forbid(talk.clinic, "加微信", "block")
    page = talk.socket(talk.patient)
    refused = send(page, talk, "text", {"text": "请加 微.信 xyz"})
    assert (refused["code"], refused["facts"]) == ("message.sensitive_words", {})
    assert send(page, talk, "text", {"text": "微信怎么用"})["seq"] == 2
    assert "xyz" not in journal.text  # no letter of them is in an id
    outsider = talk.sockets.open(talk.clinic.colleague.caller)
    assert send(outsider, talk, "text", {"text": "加微信"})["code"] == "conversation.not_found"


def test_a_masked_word_is_covered_for_everybody_and_stays_one_message_when_sent_again(talk: Talk):
    forbid(talk.clinic, "代购", "mask")
    page = talk.socket(talk.patient)
    first = send(page, talk, "text", {"text": "可以代购吗"})
    assert send(page, talk, "text", {"text": "可以代购吗"}) == first
    assert talk.messages(talk.doctor)[-1]["content"] == {"text": "可以**吗"}


def test_a_flagged_message_goes_through_and_the_auditor_finds_it(talk: Talk):
    word = forbid(talk.clinic, "轻生", "flag")
    page = talk.socket(talk.patient)
    send(page, talk, "text", {"text": "有过轻生的念头"})
    assert talk.messages(talk.doctor)[-1]["content"]["text"] == "有过轻生的念头"
    flags = call(audit, "GET", "/audit/flags", who=talk.clinic.auditor.caller).ok()["items"]
    assert flags == [{"conversation_id": talk.id, "seq": 2, "word_ids": [word], "at": "2026-11-21T06:30:00Z"}]
    assert call(audit, "GET", "/audit/flags", who=found_clinic().auditor.caller).ok()["items"] == []


def test_a_change_of_the_list_is_heeded_within_a_minute_and_what_came_through_stays(talk: Talk, time: Time):
    page = talk.socket(talk.patient)
    first = send(page, talk, "text", {"text": "加微信"})
    word = forbid(talk.clinic, "加微信", "block")
    time.passes(minutes=1)
    assert send(page, talk, "text", {"text": "加微信"}, "client-id-2")["code"] == "message.sensitive_words"
    assert send(page, talk, "text", {"text": "加微信"}) == first, "it was stored before: it has its number"
    call(
        maintain_reference,
        "POST",
        f"/reference/sensitive_words/{word}/retire",
        {"version": 1},
        who=talk.clinic.admin.caller,
    ).ok()
    time.passes(minutes=1)
    assert send(page, talk, "text", {"text": "加微信"}, "client-id-2")["seq"] == 3


# -- what was agreed ----------------------------------------------------------------------------------------------


def test_a_patient_writes_as_many_messages_as_were_agreed(cloud: Cloud, clinic, patient: PatientOf, deliver, sockets):
    cloud.turn(VISIT_MESSAGES="2")
    talk = opened_talk(clinic, patient, deliver, sockets)
    page, doctor = talk.socket(talk.patient), talk.socket(talk.doctor)
    assert talk.view(patient)["limits"] == {"messages_left": 2, "until": None}
    for number in range(2):
        assert send(page, talk, "text", {"text": "好"}, f"client-id-{number}")["type"] == "ack"
    over = send(page, talk, "text", {"text": "还有"}, "client-id-2")
    assert (over["code"], over["facts"]) == ("conversation.limit_reached", {"limit": "messages"})
    assert send(page, talk, "text", {"text": "好"}, "client-id-1")["seq"] == 3, "what was stored is answered again"
    assert page.say(action="recall", id="recall-id-1", conversation_id=talk.id, seq=3)["type"] == "ack"
    assert send(doctor, talk, "text", {"text": "请说"}, "client-id-3")["type"] == "ack", "the doctor's do not count"
    assert talk.view(patient)["limits"]["messages_left"] == 0


def test_people_write_for_as_long_as_was_agreed(cloud: Cloud, clinic, patient, deliver, sockets, time: Time):
    cloud.turn(VISIT_HOURS="2")
    talk = opened_talk(clinic, patient, deliver, sockets)
    page = talk.socket(talk.patient)
    assert talk.view(patient)["limits"]["until"] == "2026-11-21T08:30:00Z"
    time.passes(minutes=119)
    assert send(page, talk, "text", {"text": "在时间内"})["type"] == "ack"
    time.passes(minutes=1)
    page = talk.socket(talk.patient)
    for who in (page, talk.socket(talk.doctor)):
        over = send(who, talk, "text", {"text": "晚了"}, "client-id-2")
        assert (over["code"], over["facts"]) == ("conversation.limit_reached", {"limit": "until"})
    assert Group(talk.id, sockets).numbers(patient) == [1, 2]
