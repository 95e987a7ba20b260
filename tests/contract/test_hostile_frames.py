"""What no page of ours says on a socket: refused in a frame where there is something to say, hung up on otherwise."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Doctor, Patient, a_key, in_progress
from tests.journeys.sockets import Socket, online, open_wire, ticket_for

pytestmark = pytest.mark.journey

TOO_BIG, NOT_TEXT, BAD_UTF8 = 1009, 1003, 1007


@pytest.fixture(scope="module")
def talking(hospital: HospitalProcess) -> tuple[Patient, Doctor, str]:
    """A patient, their doctor, and the conversation between them."""
    patient, doctor = Patient.new(hospital), Clinic.founded(hospital).doctor()
    return patient, doctor, in_progress(patient, doctor)[1]


@pytest.fixture
def at_patient(talking: tuple[Patient, Doctor, str]) -> Iterator[Socket]:
    """The patient's socket, which has said hello; the test says the rest."""
    with online(talking[0]) as (socket,):
        yield socket


def refusal(socket: Socket, said: Any) -> tuple[str, dict[str, Any]]:
    """Code and facts of the answer to a frame, raw text or JSON; the socket goes on afterwards."""
    socket.says_raw(said if isinstance(said, str) else json.dumps(said))
    frame = socket.hears("error")
    assert set(frame) == {"type", "id", "code", "facts", "request_id"} and frame["request_id"], frame
    socket.say(action="ping")
    socket.hears("pong")
    return frame["code"], frame["facts"]


def send_frame(conversation_id: str, **changed: Any) -> dict[str, Any]:
    """A good message but for what is changed; None leaves a field out."""
    content = {"text": "好"}
    frame = {
        "action": "send",
        "id": a_key(),
        "conversation_id": conversation_id,
        "type": "text",
        "content": content,
        **changed,
    }
    return {name: value for name, value in frame.items() if value is not None}


# -- frames -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "{",
        "nothing",
        "{'action': 'ping'}",
        '{"action": "ping"}}',
        '{"action": "ping", "a": NaN',
        "\ufeff{}",
        "[" * 9000,
    ],
    ids=lambda said: repr(said[:24]),
)
def test_no_json(at_patient: Socket, said: str) -> None:
    """Text that is none."""
    assert refusal(at_patient, said) == ("request.invalid", {"reason": "not_json"})


@pytest.mark.parametrize(
    "said",
    [
        "[]",
        "null",
        "1",
        '"ping"',
        "{}",
        '[{"action": "ping"}]',
        '{"action": null}',
        '{"action": ["ping"]}',
        '{"action": {}}',
        '{"Action": "ping"}',
    ],
)
def test_no_frame(at_patient: Socket, said: str) -> None:
    """JSON that asks for nothing: arrays, numbers, objects without an action."""
    assert refusal(at_patient, said)[0] == "socket.action_unknown"


@pytest.mark.parametrize("action", ["delete", "HELLO", "$connect", "$disconnect", "$default", "", "ping ", "__class__"])
def test_unknown_actions(at_patient: Socket, action: str) -> None:
    """Route keys of the gateway among them: they are not the client's to call."""
    assert refusal(at_patient, {"action": action})[0] == "socket.action_unknown"


def test_frames_that_break_their_schema(at_patient: Socket, talking: tuple[Patient, Doctor, str]) -> None:
    """Each field that is wrong is named; what was written is not repeated, and nothing is stored."""
    patient, _, conversation_id = talking
    before = patient.sees_conversation(conversation_id)["last_seq"]
    wrong = {
        "id": [None, "", "short", "a" * 65, "no spaces here", 12345678, ["x" * 8]],
        "conversation_id": [None, "", "cnv", 5, "cnv_" + "a" * 99, {}],
        "type": [None, 1, "x" * 41],
        "content": [
            None,
            {},
            "text",
            {"text": ""},
            {"text": "   "},
            {"text": "好", "html": "<b>"},
            {"text": 5},
            {"text": "a" * 5001},
            {"upload_id": "upl_x"},
        ],
        "unknown": [1],
    }
    for field, values in wrong.items():
        for value in values:
            code, facts = refusal(at_patient, {**send_frame(conversation_id), field: value})
            assert code == "request.schema_broken", (field, value)
            assert {problem["field"].split(".")[0] for problem in facts["fields"]} == {field}, (field, value)
    for kind in ("system", "recall", "recalled", "x-unheard-of", "TEXT"):
        assert refusal(at_patient, send_frame(conversation_id, type=kind))[0] == "message.type_unknown"
    for seq in (-1, 10**10, "1", 1.5, None, True):
        frame = {"action": "read", "conversation_id": conversation_id, "seq": seq}
        assert refusal(at_patient, frame)[0] == "request.schema_broken"
    assert refusal(at_patient, {"action": "hello", "v": 2})[0] == "socket.version_unknown"
    assert refusal(at_patient, {"action": "hello", "v": 1, "device": "x" * 201})[0] == "request.schema_broken"
    assert patient.sees_conversation(conversation_id)["last_seq"] == before


def test_text_that_is_none(at_patient: Socket, talking: tuple[Patient, Doctor, str]) -> None:
    """NUL and half characters, nesting beyond all sense."""
    conversation_id = talking[2]
    good = json.dumps(send_frame(conversation_id, content={"text": "@"}))
    for text in ("\\u0000", "a\\u0000b", "\\ud83d", "\\udc00\\ud83d"):
        assert refusal(at_patient, good.replace("@", text)) == ("request.invalid", {"reason": "not_text"})
    deep = good.replace('"@"', "[" * 40 + "]" * 40)
    assert refusal(at_patient, deep) == ("request.invalid", {"reason": "too_deep"})


def test_a_refused_message_is_named_to_its_sender(at_patient: Socket, talking: tuple[Patient, Doctor, str]) -> None:
    """The page has to know which of its messages was refused."""
    message_id = a_key()
    at_patient.says_raw(json.dumps(send_frame("cnv_00000000", id=message_id)))
    assert at_patient.hears("error", id=message_id)["code"] == "conversation.not_found"
    at_patient.says_raw(json.dumps(send_frame(talking[2], id="x" * 9000)))
    assert at_patient.hears("error")["id"] is None


# -- sizes and bytes --------------------------------------------------------------------------------------------------


def test_the_longest_text_there_is(talking: tuple[Patient, Doctor, str]) -> None:
    """5000 characters of four bytes each fit into a frame and arrive whole."""
    patient, doctor, conversation_id = talking
    text = "𠮷" * 5000
    with online(patient, doctor) as (at_patient, at_doctor):
        message = json.dumps(send_frame(conversation_id, content={"text": text}), ensure_ascii=False)
        assert len(message.encode()) < 32 * 1024
        at_patient.says_raw(message)
        at_patient.hears("ack")
        at_doctor.hears_message(text=text)


def test_a_frame_over_32_kb(talking: tuple[Patient, Doctor, str]) -> None:
    """One frame of one byte too much ends the connection, as API Gateway does."""
    patient, _, _ = talking
    fits, too_much = Socket(patient), Socket(patient)
    fits.says_raw('{"action": "ping"}'.ljust(32 * 1024))
    fits.hears("pong")
    fits.close()
    too_much.says_raw('{"action": "ping"}'.ljust(32 * 1024 + 1))
    assert too_much.is_closed_by_the_hospital() == TOO_BIG


def test_a_message_over_128_kb(talking: tuple[Patient, Doctor, str]) -> None:
    """Frames that are short enough, together too long."""
    patient, _, _ = talking
    fits, too_much = Socket(patient), Socket(patient)
    part = " " * (31 * 1024)
    fits.wire.send(iter(['{"action": "ping"}', part, part, part, part]))
    fits.hears("pong")
    fits.close()
    with contextlib.suppress(ConnectionClosed):  # it may be closed before all is said
        too_much.wire.send(iter(['{"action": "ping"}', *[part] * 8]))
    assert too_much.is_closed_by_the_hospital() == TOO_BIG


def test_binary_messages(talking: tuple[Patient, Doctor, str]) -> None:
    """API Gateway takes text alone, even if the bytes are good JSON."""
    socket = Socket(talking[0])
    socket.says_raw(b'{"action": "ping"}')
    assert socket.is_closed_by_the_hospital() == NOT_TEXT


@pytest.mark.parametrize(
    "payload", [b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b'{"action": "\x80"}', b"\xf4\x90\x80\x80"], ids=repr
)
def test_broken_utf8(talking: tuple[Patient, Doctor, str], payload: bytes) -> None:
    """Bytes that are no text in a frame that says it is text."""
    socket = Socket(talking[0])
    raw_frame(socket, 0x81, payload)
    assert socket.is_closed_by_the_hospital() == BAD_UTF8


def test_frames_against_the_protocol(talking: tuple[Patient, Doctor, str]) -> None:
    """Reserved bits, unknown opcodes, a continuation of nothing, a ping that is too long, a frame without a mask."""
    for first, payload in ((0xC1, b"{}"), (0x83, b"x"), (0x80, b"x"), (0x89, b"x" * 126), (0xFF, b"")):
        socket = Socket(talking[0])
        raw_frame(socket, first, payload)
        assert socket.is_closed_by_the_hospital() in (1002, 1006), hex(first)


def raw_frame(socket: Socket, first: int, payload: bytes) -> None:
    """Bytes on the wire that the library would refuse to send."""
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    length = (
        bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + struct.pack("!H", len(payload))
    )
    socket.wire.socket.sendall(bytes([first]) + length + mask + masked)


# -- hello and tickets ------------------------------------------------------------------------------------------------


def test_a_connection_that_never_says_hello(talking: tuple[Patient, Doctor, str]) -> None:
    """It receives nothing, and the first thing that it tries but hello ends it."""
    patient, doctor, conversation_id = talking
    silent = Socket(patient, hello=False)
    with online(patient, doctor) as (at_patient, at_doctor):
        at_doctor.sends(conversation_id, "听得到吗？")
        at_patient.hears_message(text="听得到吗？")
        at_patient.say(action="read", conversation_id=conversation_id, seq=2)
        at_patient.hears("read")
        silent.hears_nothing(0.5)
    before = patient.sees_conversation(conversation_id)["last_seq"]
    silent.close()
    for frame in (
        {"action": "ping"},
        send_frame(conversation_id),
        {"action": "read", "conversation_id": conversation_id, "seq": 1},
    ):
        socket = Socket(patient, hello=False)
        socket.says_raw(json.dumps(frame))
        assert socket.hears("error")["code"] == "socket.hello_first"
        socket.is_closed_by_the_hospital()
    assert patient.sees_conversation(conversation_id)["last_seq"] == before


def test_hello_twice_is_one_hello(at_patient: Socket) -> None:
    """The page may say it again; the socket is the same."""
    at_patient.say(action="hello", v=1)
    assert at_patient.hears("welcome") == at_patient.welcome


@pytest.mark.parametrize(
    "query",
    ["", "?ticket=", "?ticket=guess", "?ticket=%00", "?ticket=" + "a" * 4000, "?Ticket=x", "?ticket=a&ticket=b"],
    ids=lambda query: query[:16],
)
def test_no_ticket_no_socket(hospital: HospitalProcess, query: str) -> None:
    """The handshake is refused; there is no socket to say anything on."""
    with pytest.raises(InvalidStatus) as refused, connect(hospital.socket_url + query, open_timeout=10):
        pass
    assert refused.value.response.status_code in (401, 403, 410)


def test_a_ticket_used_twice(talking: tuple[Patient, Doctor, str]) -> None:
    """It opens one socket; the second handshake is refused and the first socket goes on."""
    patient, _, _ = talking
    ticket = ticket_for(patient)
    first = open_wire(patient, ticket)
    with pytest.raises(InvalidStatus) as refused:
        open_wire(patient, ticket)
    assert refused.value.response.status_code == 410
    first.send('{"action": "hello", "v": 1}')
    assert json.loads(first.recv(timeout=5))["type"] == "welcome"
    first.close()


def test_a_ticket_of_a_session_that_ended(hospital: HospitalProcess) -> None:
    """The session went in between: no socket."""
    patient = Patient.new(hospital)
    ticket = ticket_for(patient)
    patient.ok("POST", "/identity/sign-out")
    with pytest.raises(InvalidStatus) as refused:
        open_wire(patient, ticket)
    assert refused.value.response.status_code == 401


@pytest.mark.nightly
def test_a_ticket_that_is_too_old(talking: tuple[Patient, Doctor, str]) -> None:
    """Thirty seconds, and it is over. (The short form, with the clock in hand, is among the use case's own tests.)"""
    patient, _, _ = talking
    ticket = ticket_for(patient)
    time.sleep(ticket["expires_in_seconds"] + 1)
    with pytest.raises(InvalidStatus) as refused:
        open_wire(patient, ticket)
    assert refused.value.response.status_code == 410


def test_the_management_endpoint_is_not_for_clients(hospital: HospitalProcess, at_patient: Socket) -> None:
    """Posting to a connection, or closing it, takes the hospital's own signature."""
    address = f"{hospital.origin}/socket/@connections/guess"
    for method in ("GET", "POST", "DELETE"):
        answer = requests.request(method, address, data=b"{}", timeout=10)
        assert answer.status_code == 403, method
    token = f"Bearer {at_patient.device.token}"
    assert requests.post(address, data=b"{}", headers={"Authorization": token}, timeout=10).status_code == 403
    at_patient.say(action="ping")
    at_patient.hears("pong")
