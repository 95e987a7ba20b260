"""Devices that poll: the same frames, numbered; what a socket would be sent waits until it is asked for."""

from __future__ import annotations

import json
import time as wall
from collections.abc import Iterator
from contextvars import copy_context
from datetime import timedelta
from threading import Timer
from typing import Any

import pytest

from hospital.conversations.keys import mailbox_key
from hospital.conversations.polls import mailboxes
from hospital.conversations.sockets import tell, tell_each
from messaging.poll_frames.app import app
from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.people import PatientOf, Staff, new_patient
from tests.builders.sockets import Frame, Sockets, signed_in

pytestmark = pytest.mark.store


class Poller:
    """A page that polls: it says what number it has, and sends frames as requests."""

    def __init__(self, who: PatientOf | Staff) -> None:
        self.caller = signed_in(who.caller)
        begun = call(app, "POST", "/polls", {"v": 1, "device": "test"}, who=self.caller).ok(201)
        self.id: str = begun["poll_id"]
        self.after = 0

    def ask(self, **more: Any) -> Answer:
        """The next frames, without waiting unless told to."""
        body = {"after": self.after, "wait_seconds": 0, **more}
        return call(app, "POST", f"/polls/{self.id}", body, who=self.caller)

    def hears(self, **more: Any) -> list[Frame]:
        """The next frames; their numbers follow on."""
        found = self.ask(**more).ok()["frames"]
        numbers = [one["n"] for one in found]
        assert numbers == list(range(self.after + 1, self.after + 1 + len(numbers))), numbers
        self.after += len(numbers)
        return [one["frame"] for one in found]

    def say(self, **frame: Any) -> Answer:
        """One frame."""
        return call(app, "POST", f"/polls/{self.id}/frames", frame, who=self.caller)

    def send(self, conversation_id: str, text: str, client_id: str) -> Answer:
        """A message."""
        content = {"text": text}
        return self.say(action="send", id=client_id, conversation_id=conversation_id, type="text", content=content)


@pytest.fixture
def poller(talk: Talk) -> Iterator[Poller]:
    """The doctor's page, polling; what came before is taken."""
    talk.deliver()
    yield Poller(talk.doctor)


@pytest.mark.req("IM-19")
def test_it_gets_what_a_socket_gets_in_the_same_order(talk: Talk, poller: Poller):
    patient, beside = talk.socket(talk.patient), talk.socket(talk.doctor)
    for number in range(3):
        patient.send(talk.id, f"{number}", f"client-id-{number}")
    talk.deliver()
    patient.say(action="read", conversation_id=talk.id, seq=4)  # says nothing new: they wrote themselves
    beside.say(action="read", conversation_id=talk.id, seq=3)
    heard = poller.hears()
    pushed = [frame for frame in beside.take() if frame["type"] != "read"]
    assert [frame for frame in heard if frame["type"] == "message"] == pushed
    assert [frame["message"]["seq"] for frame in pushed] == [2, 3, 4]
    assert [frame["seq"] for frame in heard if frame["type"] == "read"] == [3]
    assert poller.hears() == [], "once"


@pytest.mark.req("IM-19")
def test_it_sends_what_a_socket_sends(talk: Talk, poller: Poller):
    patient = talk.socket(talk.patient)
    first = poller.send(talk.id, "请坐", "client-id-1").ok()
    assert {"type": "ack", "id": "client-id-1", "conversation_id": talk.id, "seq": 2}.items() <= first.items()
    assert poller.send(talk.id, "请坐", "client-id-1").ok() == first, "sent again, stored once"
    poller.send(talk.id, "别的", "client-id-1").refused(409, "message.id_reused")
    talk.deliver()
    assert [frame["message"]["content"] for frame in patient.take("message")] == [{"text": "请坐"}]
    assert poller.say(action="ping", have={talk.id: 1}).ok() == {
        "type": "pong",
        "behind": {talk.id: 2},
        "newest": talk.id,
    }
    assert poller.say(action="typing", conversation_id=talk.id).status == 204
    assert [frame["person_id"] for frame in patient.take("typing")] == [talk.doctor.caller.person_id]


def test_an_answer_lost_on_the_way_is_handed_out_again(talk: Talk, poller: Poller):
    talk.socket(talk.patient).send(talk.id, "一", "client-id-1")
    talk.deliver()
    lost = poller.ask().ok()["frames"]
    again = poller.ask().ok()["frames"]
    assert lost == again and [one["n"] for one in lost] == [1]
    assert [frame["type"] for frame in poller.hears()] == ["message"]


def test_nothing_that_was_said_lies_in_the_mailbox(talk: Talk, poller: Poller, cloud: Cloud):
    talk.socket(talk.patient).send(talk.id, "我有乙肝", "client-id-1")
    talk.deliver()
    kept = json.dumps(cloud.rows("connections"), ensure_ascii=False, default=str)
    assert talk.id in kept and "乙肝" not in kept and "王芳" not in kept
    assert [frame["message"]["content"]["text"] for frame in poller.hears()] == ["我有乙肝"]


def test_behind_says_what_a_lost_push_would_have_said(talk: Talk, poller: Poller):
    talk.socket(talk.patient).send(talk.id, "一", "client-id-1")
    talk.deliver.drop()
    assert poller.ask(have={talk.id: 1}, wait_seconds=20).ok() == {"frames": [], "behind": {talk.id: 2}}, "at once"
    assert poller.ask(have={talk.id: 2}).ok() == {"frames": [], "behind": {}}
    assert poller.ask(have={"cnv_unknown": 0}).ok()["behind"] == {}


def test_it_waits_until_something_comes(talk: Talk, poller: Poller):
    patient = talk.socket(talk.patient)

    def speak() -> None:
        patient.send(talk.id, "一", "client-id-1")
        talk.deliver()

    timer = Timer(0.3, copy_context().run, (speak,))
    timer.start()
    began = wall.monotonic()
    assert [frame["type"] for frame in poller.hears(wait_seconds=20)] == ["message"]
    assert wall.monotonic() - began < 19
    timer.join()


def test_who_is_silent_for_a_minute_is_forgotten(talk: Talk, poller: Poller, time: Time):
    time.passes(seconds=59)
    assert poller.hears() == []
    time.passes(seconds=59)
    assert poller.say(action="ping").ok()["type"] == "pong", "a frame is a sign of life too"
    time.passes(seconds=60)
    poller.ask().refused(410, "poll.over")
    poller.say(action="ping").refused(410, "poll.over")
    talk.socket(talk.patient).send(talk.id, "一", "client-id-1")
    talk.deliver()
    assert Poller(talk.doctor).hears() == []


def test_a_device_that_waits_is_not_silent(talk: Talk, poller: Poller, time: Time):
    poller.hears(wait_seconds=1)
    time.passes(seconds=60)
    assert poller.hears() == []


def test_it_ends_after_two_hours_like_a_socket(talk: Talk, poller: Poller, time: Time, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("messaging.poll_frames.use_case.SILENCE", timedelta(hours=3))
    poller.ask().ok()
    time.passes(hours=1, minutes=59, seconds=59)
    poller.ask().ok()
    time.passes(seconds=1)
    poller.ask().refused(410, "poll.over")


def test_a_mailbox_that_nobody_empties_drops_and_the_number_of_a_message_tells(talk: Talk, poller: Poller):
    frame = {"type": "typing", "conversation_id": talk.id, "person_id": "per_1"}
    for _ in range(5):
        tell_each({talk.doctor.caller.person_id: [frame] * 45})
    assert len(poller.hears()) == 180, "the fifth did not fit in whole"
    tell([talk.doctor.caller.person_id], frame)
    assert len(poller.hears()) == 1


def test_a_poll_of_others_is_none_of_ones_own(talk: Talk, poller: Poller):
    for who in (signed_in(new_patient().caller), signed_in(talk.doctor.caller)):
        body = {"after": 0, "wait_seconds": 0}
        call(app, "POST", f"/polls/{poller.id}", body, who=who).refused(410, "poll.over")
        call(app, "POST", f"/polls/{poller.id}/frames", {"action": "ping"}, who=who).refused(410, "poll.over")
    call(app, "POST", "/polls/pol_unknown", {"after": 0}, who=poller.caller).refused(410, "poll.over")


def test_what_cannot_be_asked(poller: Poller):
    hellos: list[tuple[Frame, str]] = [
        ({"v": 2}, "socket.version_unknown"),
        ({}, "request.schema_broken"),
        ({"v": 1, "have": {"cnv_1": -1}}, "request.schema_broken"),
        ({"v": 1, "have": {f"cnv_{n}": 1 for n in range(51)}}, "request.schema_broken"),
    ]
    for body, code in hellos:
        call(app, "POST", "/polls", body, who=poller.caller).refused(400, code)
    questions: list[Frame] = [
        {},
        {"after": -1},
        {"after": 0, "wait_seconds": 21},
        {"after": 0, "wait_seconds": -1},
        {"after": "0"},
    ]
    for body in questions:
        call(app, "POST", f"/polls/{poller.id}", body, who=poller.caller).refused(400, "request.schema_broken")


def test_frames_are_refused_with_the_codes_of_the_socket(poller: Poller):
    frames: list[tuple[Frame, int, str]] = [
        ({"action": "fly"}, 400, "socket.action_unknown"),
        ({"action": "read", "conversation_id": "cnv_1", "seq": "1"}, 400, "request.schema_broken"),
        ({"action": "read", "conversation_id": "cnv_unknown", "seq": 1}, 404, "conversation.not_found"),
        ({"action": "hello", "v": 3}, 400, "socket.version_unknown"),
        ({"seq": 1}, 400, "request.schema_broken"),
    ]
    for frame, status, code in frames:
        poller.say(**frame).refused(status, code)


def test_a_device_without_a_mailbox_is_forgotten_by_the_next_push(
    talk: Talk, poller: Poller, cloud: Cloud, sockets: Sockets
):
    mailboxes.table.remove(mailbox_key(poller.id))
    talk.socket(talk.patient).send(talk.id, "一", "client-id-1")
    talk.deliver()
    assert poller.id not in str(cloud.rows("connections"))
