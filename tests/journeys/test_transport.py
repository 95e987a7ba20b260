"""The ways a device hears: a socket, or polling where sockets are blocked; devices that are there no more; and the
doors through which other systems of the hospital send texts."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest

from tests.journeys.hospital import HospitalProcess
from tests.journeys.line import line_to
from tests.journeys.people import Clinic, Device, Doctor, Json, Patient, a_key, a_phone, in_progress
from tests.journeys.sending import SendingSystem
from tests.journeys.sockets import Socket, online

pytestmark = pytest.mark.journey


class Polls:
    """A device that polls, as a page does where no socket opens."""

    def __init__(self, device: Device, have: dict[str, int] | None = None) -> None:
        self.device, self.after = device, 0
        self.begun: Json = device.ok("POST", "/messaging/polls", {"v": 1, "have": have or {}})
        self.path = f"/messaging/polls/{self.begun['poll_id']}"

    def says(self, **frame: Any) -> Json:
        """One frame, and its answer."""
        answer: Json = self.device.ok("POST", f"{self.path}/frames", frame)
        return answer

    def sends(self, conversation_id: str, text: str, name: str) -> Json:
        """A message, and its acknowledgement."""
        content = {"text": text}
        return self.says(action="send", id=name, conversation_id=conversation_id, type="text", content=content)

    def waits(self, seconds: int = 20) -> list[Json]:
        """The next frames, once there are some."""
        asked = {"after": self.after, "wait_seconds": seconds}
        frames = self.device.ok("POST", self.path, asked)["frames"]
        self.after = max([self.after, *(one["n"] for one in frames)])
        return [one["frame"] for one in frames]

    def hears(self, seqs: list[int]) -> list[Json]:
        """The messages of those numbers, each once, in their order; it asks a few times."""
        found: list[Json] = []
        for _ in range(10):
            found += [frame["message"] for frame in self.waits() if frame["type"] == "message"]
            if {message["seq"] for message in found} >= set(seqs):
                break
        kept = {message["seq"]: message for message in found}  # pushed at least once: the same one twice is the same
        return [kept[seq] for seq in seqs]


@pytest.fixture
def talking(hospital: HospitalProcess) -> tuple[Patient, Doctor, str]:
    """A patient, their doctor, and the conversation between them."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    return patient, doctor, in_progress(patient, doctor)[1]


@pytest.mark.req("IM-19")
def test_where_sockets_are_blocked_messages_flow_by_polling(talking: tuple[Patient, Doctor, str]) -> None:
    """Both ways, marks included; what is sent again by the other way is stored once; back on a socket nothing is
    missing."""
    patient, doctor, conversation_id = talking
    with online(doctor) as (at_doctor,):
        polls = Polls(patient, {conversation_id: 1})
        assert polls.begun["behind"] == {}
        name = a_key()
        assert polls.sends(conversation_id, "网络不好", name)["seq"] == 2
        at_doctor.hears_message(text="网络不好")
        seqs = [at_doctor.sends(conversation_id, text)["seq"] for text in ("听得到", "请说")]
        assert [message["content"]["text"] for message in polls.hears(seqs)] == ["听得到", "请说"]
        polls.says(action="read", conversation_id=conversation_id, seq=seqs[-1])
        assert at_doctor.hears("read", person_id=patient.person_id, seq=seqs[-1])
        refused = {"action": "read", "conversation_id": conversation_id, "seq": 99}
        patient.refused(400, "message.read_mark_beyond_end", "POST", f"{polls.path}/frames", refused)
        doctor.refused(410, "poll.over", "POST", polls.path, {"after": 0})

        back = Socket(patient)
        assert back.sends(conversation_id, "网络不好", name)["seq"] == 2
        back.say(action="hello", v=1, have={conversation_id: 2})
        assert back.hears("welcome")["behind"] == {conversation_id: 4}
        at_doctor.sends(conversation_id, "回来了")
        back.hears_message(text="回来了")
        back.close()


@pytest.mark.req("IM-12")
def test_the_heartbeat_finds_what_was_missed(talking: tuple[Patient, Doctor, str]) -> None:
    """The page was cut off, and nothing is said after it came back: the heartbeat alone tells how far to read."""
    patient, doctor, conversation_id = talking
    with online(doctor) as (at_doctor,):
        missed = [at_doctor.sends(conversation_id, f"断线时 {number}")["seq"] for number in range(3)]
        back = Socket(patient)
        back.say(action="ping", have={conversation_id: 1})
        pong = back.hears("pong")
        assert (pong["behind"], pong["newest"]) == ({conversation_id: missed[-1]}, conversation_id)
        page = patient.reads_messages(conversation_id, "after=1&limit=100")
        assert [message["seq"] for message in page["items"]] == missed and page["complete"]
        back.say(action="ping", have={conversation_id: missed[-1]})
        assert back.hears("pong")["behind"] == {}
        back.close()


def test_dead_devices_among_live_ones(hospital: HospitalProcess, talking: tuple[Patient, Doctor, str]) -> None:
    """Two of five devices went dead without a word: the others hear everything, in order, and who writes waits for
    none of them."""
    patient, doctor, conversation_id = talking
    with contextlib.ExitStack() as devices, line_to(hospital.port) as line:
        dead = [Socket(patient, port=line.port) for _ in range(2)]
        live = [devices.enter_context(contextlib.closing(Socket(patient))) for _ in range(3)]
        (at_doctor,) = devices.enter_context(online(doctor))
        line.goes_dead()
        seqs = [at_doctor.sends(conversation_id, f"{number}")["seq"] for number in range(10)]
        for device in live:
            for seq in seqs:
                device.hears_message(seq=seq)
        for device in dead:
            heard = [frame["message"]["seq"] for frame in device.waits(0.1) if frame["type"] == "message"]
            assert not set(heard) & set(seqs)


def test_entry_points_of_the_running_hospital(talking: tuple[Patient, Doctor, str]) -> None:
    """The socket first, polls last; the first is the one that tickets name."""
    patient = talking[0]
    items = patient.ok("GET", "/messaging/entry-points")["items"]
    assert [item["kind"] for item in items] == ["socket", "poll"]
    assert items[0]["url"] == patient.ok("POST", "/messaging/tickets", {})["url"]
    assert items[1]["url"] == "/api/messaging/polls"


@pytest.mark.req("NOTE-05")
def test_the_same_text_goes_by_http_by_web_service_and_by_queue_and_from_nobody_by_none(
    hospital: HospitalProcess,
) -> None:
    """One reference, three ways, one text on the phone and one format of what became of it. A key that is not the
    system's is 401 at each door."""
    admin = Clinic.founded(hospital).one("org_admin")
    system, phone = SendingSystem.let_in(admin), a_phone()
    text = {"reference": a_key(), "phone": phone, "text": "报告已出"}
    message_id = system.puts(text)
    by_http = system.asks("POST", "/system-sms", text)
    by_service = system.calls("SendSms", **text)
    by_queue = system.takes(message_id)
    assert (by_http.status, by_queue["status"], by_queue["problem"]) == (202, 202, None)
    assert by_http.json["id"] == by_service["id"] == by_queue["result"]["id"]
    assert set(by_http.json) == set(by_service) == set(by_queue["result"])
    system.sees(by_service["id"], "delivered")
    assert system.calls("ReadSms", id=by_service["id"])["outcome"] == "delivered"
    assert system.takes(system.puts(text))["result"]["state"] == "delivered"
    wrong = replace(system, key="another")
    assert (wrong.asks("POST", "/system-sms", text).status, wrong.calls_status(text)) == (401, 401)
    refused = wrong.takes(wrong.puts(text))
    assert (refused["status"], refused["problem"]["code"], refused["result"]) == (401, "identity.missing", None)
    told = hospital.get(f"/sandbox/api/sms?phone={phone}").json()["items"]
    assert [one["text"] for one in told] == ["报告已出"]
