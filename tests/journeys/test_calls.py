"""Calls through the running hospital: who rings whom, how it ends, and what remains of it. Media is told of by a relay
that speaks reports alone; what is seen and heard is the browser's to show.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders.relay import Relay
from tests.journeys.hospital import HospitalProcess, eventually
from tests.journeys.people import Clinic, Device, Doctor, Json, Patient, a_key, in_progress
from tests.journeys.relays import relay_of
from tests.journeys.sockets import Socket, online

pytestmark = pytest.mark.journey

DESK, PHONE, TABLET = ({"device": f"device-{name}"} for name in ("desk1", "phone", "tablet"))
Pair = tuple[Patient, Doctor, str, str]


@pytest.fixture
def pair(hospital: HospitalProcess) -> Pair:
    """A patient, their doctor, the visit in progress and its conversation."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    return patient, doctor, *in_progress(patient, doctor)


@pytest.fixture
def relay(hospital: HospitalProcess) -> Iterator[Relay]:
    """The relay that is there; afterwards it takes nobody any more."""
    one = relay_of(hospital)
    one.report()
    yield one
    goes(one)


def goes(relay: Relay) -> None:
    """It empties itself: the next test has relays of its own."""
    relay.draining = True
    relay.report()


def rings(who: Device, conversation: str, media: str = "video") -> Json:
    made: Json = who.ok("POST", "/calling/calls", {"conversation_id": conversation, "media": media}, key=a_key())
    return made


def acts(who: Device, call: Json, act: str, body: Json | None = None) -> Json:
    done: Json = who.ok("POST", f"/calling/calls/{call['id']}/{act}", body or {}, key=a_key())
    return done


def hears(socket: Socket, call: Json, **fields: str) -> Json:
    """The call as that device was told of it, once these fields are so. Frames come late, twice and in no order."""

    def told() -> Json | None:
        frames = [one["call"] for one in socket.waits(0.1) if one["type"] == "call"]
        fitting = [one for one in frames if one["id"] == call["id"] and fields.items() <= one.items()]
        return fitting[-1] if fitting else None

    found: Json | None = eventually(told, seconds=20)
    assert found is not None, (fields, socket.unread)
    return found


def comes(relay: Relay, who: Device, call: Json, device: Json) -> None:
    """That device joins, its media flows, and the relay says so."""
    grant = who.ok("POST", f"/calling/calls/{call['id']}/joins", device, key=a_key())["grant"]
    claims = relay.reads(grant, relay.seconds())
    assert (claims["room"], claims["sub"]) == (call["id"], who.person_id)
    for kind in ("joined", "flowing"):
        relay.fact(kind, call["id"], who.person_id, claims["jti"])
    relay.report()


@pytest.mark.req("CALL-05")
def test_the_doctor_calls_the_patient_answers_and_it_stands_with_the_visit(pair: Pair, relay: Relay) -> None:
    """It rings on both devices, one answers; both are connected, through a reload; the visit shows start, end, length
    and result; nobody else learns of it; and a closed visit takes no call."""
    patient, doctor, visit, conversation = pair
    tablet = patient.on_another_device()
    outsiders = (Patient.new(patient.hospital), doctor.clinic.doctor(1), doctor.clinic.one("nurse"))
    with online(patient, tablet, doctor) as (at_phone, at_tablet, at_desk):
        call = rings(doctor, conversation)
        assert (call["visit_id"], call["state"], call["caller_id"]) == (visit, "invited", doctor.person_id)
        for socket in (at_phone, at_tablet):
            hears(socket, call)
        acts(patient, call, "ringing", PHONE)
        hears(at_desk, call, state="ringing")
        acts(patient, call, "answer", {**PHONE, "media": "video"})
        for socket in (at_tablet, at_desk):
            hears(socket, call, state="accepted")
        path = f"/calling/calls/{call['id']}"
        tablet.refused(409, "call.answered_elsewhere", "POST", f"{path}/answer", {**TABLET, "media": "video"})
        tablet.refused(409, "call.answered_elsewhere", "POST", f"{path}/joins", TABLET)
        for who, device in ((patient, PHONE), (doctor, DESK)):
            comes(relay, who, call, device)
        for socket in (at_phone, at_tablet, at_desk):
            hears(socket, call, state="connected")
        (now,) = patient.ok("GET", "/calling/calls/current")["items"]
        assert (now["id"], now["state"]) == (call["id"], "connected"), "after a reload it is still there"
        comes(relay, patient, call, PHONE)
        assert patient.ok("GET", path)["state"] == "connected"
        for outsider in outsiders:
            for method, rest, body in (
                ("GET", "", None),
                ("POST", "/answer", {**DESK, "media": "audio"}),
                ("POST", "/joins", DESK),
                ("POST", "/end", {}),
            ):
                outsider.refused(404, "call.not_found", method, f"{path}{rest}", body)
            outsider.refused(404, "conversation.not_found", "GET", f"/calling/conversations/{conversation}/calls")
        over = acts(patient, call, "end")
        for socket in (at_tablet, at_desk):
            assert hears(socket, call, state="ended") == over
    assert call["id"] in relay.report()["close"]
    assert (over["outcome"], over["seconds"] is not None) == ("completed", True)
    line = _line_of(patient, conversation, call)
    assert (line["outcome"], line["seconds"], line["media"]) == ("completed", over["seconds"], "video")
    doctor.finishes(visit)
    body = {"conversation_id": conversation, "media": "audio"}
    for who in (doctor, patient):
        who.refused(409, "conversation.closed", "POST", "/calling/calls", body)
        (shown,) = who.ok("GET", f"/calling/conversations/{conversation}/calls")["items"]
        assert shown == over
        assert shown["visit_id"] == visit
        assert shown["created_at"] < shown["connected_at"] < shown["ended_at"]


def _line_of(who: Device, conversation: str, call: Json) -> Json:
    """What the conversation says of the call, once it does."""

    def lines() -> list[Json]:
        items = who.reads_messages(conversation)["items"]
        return [one["content"] for one in items if one["content"].get("call_id") == call["id"]]

    (line,) = eventually(lines, seconds=20)
    return dict(line)


@pytest.mark.req("CALL-02")
def test_one_tap_connects_and_every_other_end_has_its_own_word_on_both_sides(pair: Pair, relay: Relay) -> None:
    """Rejected, in another call, unanswered and given up: both sides, at once and afterwards."""
    patient, doctor, _, conversation = pair
    colleague = doctor.clinic.doctor(1)
    _, other = in_progress(patient, colleague)
    with online(patient, doctor) as (at_phone, at_desk):
        call = rings(doctor, conversation, "audio")
        hears(at_phone, call)
        acts(patient, call, "decline")
        _ended(call, "declined", (patient, at_phone), (doctor, at_desk))

        call = rings(doctor, conversation)
        hears(at_phone, call)
        assert patient.hospital.post("/sandbox/api/clock", {"by_seconds": 60}).status_code == 200
        _ended(call, "missed", (patient, at_phone), (doctor, at_desk))

        call = rings(doctor, conversation)
        acts(doctor, call, "cancel")
        _ended(call, "cancelled", (patient, at_phone), (doctor, at_desk))

        relay.report()
        held = rings(colleague, other)
        hears(at_phone, held)
        acts(patient, held, "answer", {**PHONE, "media": "video"})
        for who, device in ((colleague, DESK), (patient, PHONE)):
            comes(relay, who, held, device)
        hears(at_phone, held, state="connected")
        call = rings(doctor, conversation)
        _ended(call, "busy", (patient, at_phone), (doctor, at_desk))
        assert patient.ok("GET", f"/calling/calls/{held['id']}")["state"] == "connected"
        acts(colleague, held, "end")
    lines = doctor.ok("GET", f"/calling/conversations/{conversation}/calls")["items"]
    assert [one["outcome"] for one in lines] == ["busy", "cancelled", "missed", "declined"]


def _ended(call: Json, outcome: str, *sides: tuple[Device, Socket]) -> None:
    for device, socket in sides:
        hears(socket, call, state="ended", outcome=outcome)
        assert device.ok("GET", f"/calling/calls/{call['id']}")["outcome"] == outcome
        assert _line_of(device, call["conversation_id"], call)["outcome"] == outcome


def test_a_third_doctor_joins_and_a_dead_relay_is_followed_by_all(pair: Pair, relay: Relay) -> None:
    """In part CALL-28: whoever loses the relay first moves the room, the others follow to the same one."""
    patient, doctor, _, conversation = pair
    third = doctor.clinic.doctor(1)
    call = rings(doctor, conversation)
    acts(patient, call, "answer", {**PHONE, "media": "video"})
    everybody = ((patient, PHONE), (doctor, DESK), (third, TABLET))
    with online(third) as (at_third,):
        acts(doctor, call, "invitations", {"people": [third.role_id]})
        hears(at_third, call)
        acts(third, call, "answer", {**TABLET, "media": "audio"})
    for who, device in everybody:
        comes(relay, who, call, device)
    states = {one["state"] for one in doctor.ok("GET", f"/calling/calls/{call['id']}")["members"]}
    assert states == {"connected"}
    second = relay_of(doctor.hospital, "relay-2")
    second.report()
    for who, device in everybody:
        comes(second, who, call, {**device, "lost_node": "relay-1"})
    assert call["id"] in relay.report()["close"]
    acts(patient, call, "leave")
    assert second.report()["remove"] == [{"room": call["id"], "person_id": patient.person_id}]
    assert acts(third, call, "end")["outcome"] == "completed"
    goes(second)
