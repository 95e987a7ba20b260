"""Talking: what is sent is numbered, stored once, acknowledged after that, and reaches every device."""

from __future__ import annotations

import random

import pytest

from hospital.conversations.keys import tail_key
from hospital.conversations.store import tails
from tests.builders.cloud import Cloud, together
from tests.builders.conversations import Talk
from tests.builders.moments import Time
from tests.builders.sockets import Socket

pytestmark = pytest.mark.store


def texts(talk: Talk, who=None) -> list[str]:
    """What was said after the hospital's first line, in order."""
    messages = talk.messages(who or talk.patient)
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1)), "without a gap"
    return [message["content"]["text"] for message in messages[1:]]


def test_a_message_is_acknowledged_with_number_and_time(talk: Talk, time: Time):
    time.passes(minutes=1)
    assert talk.socket(talk.patient).send(talk.id, " 医生您好 😷 ", "client-id-1") == {
        "type": "ack",
        "id": "client-id-1",
        "conversation_id": talk.id,
        "seq": 2,
        "sent_at": "2026-11-21T06:31:00.000Z",
    }
    assert talk.messages(talk.doctor)[1] == {
        "conversation_id": talk.id,
        "seq": 2,
        "id": "client-id-1",
        "sender": {"person_id": talk.patient.person.id, "name": "王芳", "role": "patient"},
        "type": "text",
        "content": {"text": "医生您好 😷"},
        "sent_at": "2026-11-21T06:31:00Z",
    }


@pytest.mark.req("IM-01")
def test_both_see_the_same_in_the_same_order_and_an_outsider_gets_in_nowhere(talk: Talk):
    patient, doctor = talk.socket(talk.patient), talk.socket(talk.doctor)
    said = ["医生您好", "您好，哪里不舒服？", "头痛 😣🤕", "多久了？", "👨‍👩‍👧 全家都头痛\n两天了"]
    for number, text in enumerate(said):
        (patient, doctor)[number % 2].send(talk.id, text, f"client-id-{number}")
    talk.deliver()
    assert texts(talk, talk.patient) == texts(talk, talk.doctor) == said
    for page in (patient, doctor):
        pushed = [frame["message"] for frame in page.take("message")]
        assert pushed[-5:] == talk.messages(talk.patient)[1:]
    outsider = talk.sockets.open(talk.clinic.colleague.caller)
    frame = outsider.send(talk.id, "I am the doctor", "client-id-9")
    assert (frame["type"], frame["code"]) == ("error", "conversation.not_found")
    talk.deliver()
    assert texts(talk) == said
    assert outsider.take("message") == patient.take("message") == []


def test_every_device_of_every_member_is_sent_the_message(talk: Talk):
    pages = [talk.socket(who) for who in (talk.patient, talk.patient, talk.doctor, talk.doctor)]
    pages[0].send(talk.id, "一", "client-id-1")
    talk.deliver()
    for page in pages:
        assert [frame["message"]["content"]["text"] for frame in page.take("message")][-1:] == ["一"]


def test_a_device_that_has_not_said_hello_is_sent_nothing(talk: Talk):
    silent = talk.sockets.open(talk.doctor.caller, hello=False)
    talk.socket(talk.patient).send(talk.id, "一", "client-id-1")
    talk.deliver()
    assert silent.frames == []


def test_a_message_sent_again_gets_the_number_it_got(talk: Talk, time: Time):
    page, other = talk.socket(talk.patient), talk.socket(talk.patient)
    first = page.send(talk.id, "一", "client-id-1")
    time.passes(minutes=5)
    page.send(talk.id, "二", "client-id-2")
    assert page.send(talk.id, "一", "client-id-1") == other.send(talk.id, " 一 ", "client-id-1") == first
    assert texts(talk) == ["一", "二"]


def test_an_id_used_for_another_message_is_refused(talk: Talk):
    page = talk.socket(talk.patient)
    page.send(talk.id, "一", "client-id-1")
    frame = page.send(talk.id, "二", "client-id-1")
    assert (frame["type"], frame["code"], frame["id"]) == ("error", "message.id_reused", "client-id-1")
    assert texts(talk) == ["一"]


def test_the_ids_of_two_people_do_not_collide(talk: Talk):
    assert talk.socket(talk.patient).send(talk.id, "一", "client-id-1")["seq"] == 2
    assert talk.socket(talk.doctor).send(talk.id, "二", "client-id-1")["seq"] == 3


def test_eight_who_send_at_once_get_numbers_without_a_gap(talk: Talk):
    pages = [talk.socket((talk.patient, talk.doctor)[number % 2]) for number in range(8)]

    def send(number: int) -> list[int]:
        return [pages[number].send(talk.id, f"{number}.{turn}", f"client-{number}-{turn}")["seq"] for turn in range(5)]

    answers = together(8, send)
    assert all(numbers == sorted(numbers) for numbers in answers), answers
    assert sorted(seq for numbers in answers for seq in numbers) == list(range(2, 42))
    assert sorted(texts(talk)) == sorted(f"{number}.{turn}" for number in range(8) for turn in range(5))
    assert tails.need(tail_key(talk.id)).last_seq == 41


def test_the_same_message_eight_times_at_once_is_stored_once(talk: Talk):
    pages = [talk.socket(talk.patient) for _ in range(8)]
    frames = together(8, lambda number: pages[number].send(talk.id, "一", "client-id-1"))
    assert [frame.get("seq") for frame in frames] == [2] * 8, frames
    assert texts(talk) == ["一"]


@pytest.mark.req("IM-17")
def test_a_closed_conversation_is_read_and_not_written(talk: Talk):
    """Opening a consultation made it, finishing the consultation closes it."""
    patient, doctor = talk.socket(talk.patient), talk.socket(talk.doctor)
    assert talk.view(talk.patient)["about"] == {"type": "visit", "id": talk.visit_id}
    sent = patient.send(talk.id, "一", "client-id-1")
    assert sent["type"] == "ack"
    talk.close()
    for page in (patient, doctor):
        frame = page.send(talk.id, "二", "client-id-2")
        assert (frame["type"], frame["code"], frame["id"]) == ("error", "conversation.closed", "client-id-2")
    assert patient.send(talk.id, "一", "client-id-1") == sent, "what was stored before is acknowledged still"
    assert texts(talk, talk.patient) == texts(talk, talk.doctor) == ["一"]


def test_nothing_lands_after_the_conversation_closed_while_many_write(talk: Talk):
    pages = [talk.socket(talk.patient) for _ in range(7)]

    def act(number: int) -> str:
        if number == 7:
            talk.close()
            return "closed"
        return [pages[number].send(talk.id, f"{number}.{turn}", f"client-{number}-{turn}") for turn in range(3)][-1][
            "type"
        ]

    assert together(8, act)[-1] == "closed"
    before = texts(talk)
    for page in pages:
        assert page.send(talk.id, "too late", "client-id-late")["code"] == "conversation.closed"
    assert texts(talk) == before


def test_what_is_said_lies_sealed(talk: Talk, cloud: Cloud):
    talk.socket(talk.patient).send(talk.id, "我有乙肝", "client-id-1")
    kept = str([cloud.rows(table) for table in ("conversations", "requests", "connections")])
    for words in ("乙肝", "王芳", "李明"):
        assert words not in kept


def test_a_push_that_comes_twice_and_late_is_the_same_message(talk: Talk):
    doctor, patient = talk.socket(talk.doctor), talk.socket(talk.patient)
    patient.send(talk.id, "一", "client-id-1")
    patient.send(talk.id, "二", "client-id-2")
    talk.deliver(twice=True)
    pushed = [frame["message"] for frame in doctor.take("message") if frame["message"]["type"] == "text"]
    assert [message["seq"] for message in pushed] == [2, 3, 2, 3]
    assert pushed[:2] == pushed[2:]


@pytest.mark.req("IM-10")
def test_a_burst_while_one_side_drops_off_and_returns_arrives_once_and_in_order(talk: Talk):
    dice = random.Random(7)
    patient, doctor = talk.socket(talk.patient), talk.socket(talk.doctor)
    talk.deliver()
    seen = [message["seq"] for message in talk.messages(talk.doctor)]
    doctor.take()
    for number in range(40):
        patient.send(talk.id, f"{number}", f"client-id-{number:03}")
        if number in (8, 25):
            doctor.vanish()
        if dice.random() < 0.5:
            talk.deliver()
        if number in (17, 33):
            doctor = _returns(talk, seen)
        seen += _new(doctor, seen)
    talk.deliver()
    seen += _new(doctor, seen)
    assert seen == list(range(1, 42)), "every number once, in order, without a gap"
    assert texts(talk, talk.doctor) == [f"{number}" for number in range(40)]


def _returns(talk: Talk, seen: list[int]) -> Socket:
    """As the page does: a new socket first, then whatever is after the last number it has."""
    doctor = talk.socket(talk.doctor)
    seen += [message["seq"] for message in talk.messages(talk.doctor, f"?after={seen[-1]}&limit=100")]
    return doctor


def _new(page: Socket, seen: list[int]) -> list[int]:
    """The numbers of pushed messages that follow on; the page knows by the number what it has."""
    fresh: list[int] = []
    for frame in page.take("message"):
        if frame["message"]["seq"] == (fresh or seen)[-1] + 1:
            fresh.append(frame["message"]["seq"])
    return fresh
