"""Frames on a socket: hello first, then send, read, ping; and everything that is none of these."""

from __future__ import annotations

import json

import pytest

from hospital.people.keys import role_key
from hospital.people.store import roles
from hospital.work import Work
from messaging.ws_message.app import app
from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.notes import doctor as somebody
from tests.builders.people import Clinic, PatientOf, caller, hire
from tests.builders.sockets import Frame, Socket, Sockets

pytestmark = pytest.mark.store


@pytest.fixture
def socket(sockets: Sockets, patient: PatientOf) -> Socket:
    """A page of the patient that has said hello."""
    opened = sockets.open(patient.caller)
    opened.take()
    return opened


def refused(frame: Frame, code: str, client_id: str | None = None) -> dict:
    """The facts of an error frame, which must be this one."""
    assert set(frame) == {"type", "id", "code", "facts", "request_id"}
    assert (frame["type"], frame["code"], frame["id"]) == ("error", code, client_id), frame
    assert frame["request_id"]
    return frame["facts"]


def test_hello_is_welcomed(sockets: Sockets, patient: PatientOf):
    opened = sockets.open(patient.caller, hello=False)
    assert opened.say(action="hello", v=1, device="a phone") == {
        "type": "welcome",
        "v": 1,
        "heartbeat_seconds": 60,
        "renew_at": "2026-11-21T08:20:00.000Z",
        "behind": {},
    }
    assert opened.say(action="hello", v=1)["type"] == "welcome", "twice is harmless"


def test_a_version_that_nobody_speaks_here(sockets: Sockets, patient: PatientOf):
    opened = sockets.open(patient.caller, hello=False)
    for version in (0, 2, 99):
        assert refused(opened.say(action="hello", v=version), "socket.version_unknown") == {"versions": [1]}
    assert opened.is_open
    assert opened.say(action="hello", v=1)["type"] == "welcome"


@pytest.mark.parametrize(
    "frame",
    [
        {"action": "ping"},
        {"action": "read", "conversation_id": "cnv_1", "seq": 1},
        {"action": "send", "id": "client-id", "conversation_id": "cnv_1", "type": "text", "content": {"text": "x"}},
    ],
)
def test_who_did_not_say_hello_is_shut_out(sockets: Sockets, patient: PatientOf, frame: Frame):
    opened = sockets.open(patient.caller, hello=False)
    refused(opened.say(**frame), "socket.hello_first", frame.get("id"))
    assert not opened.is_open


def test_a_socket_that_nobody_opened_is_shut_out(sockets: Sockets, cloud: Cloud):
    stray = Socket(sockets, "Stray=")
    sockets.frames["Stray="] = []
    refused(stray.say(action="ping"), "socket.hello_first")
    assert not stray.is_open


def test_ping(socket: Socket):
    assert socket.say(action="ping") == {"type": "pong", "behind": {}, "newest": None}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "no json",
        '{"action": NaN}',
        "[" * 50_000,
        '{"action":' * 500,
        '{"action": "ping", "x": "\\u0000"}',
        '{"action": "ping", "x": "\\ud800"}',
    ],
)
def test_a_frame_that_is_no_clean_json(socket: Socket, text: str):
    received = len(socket.frames)
    app({"requestContext": socket._request("MESSAGE"), "body": text}, None)
    (frame,) = socket.frames[received:]
    refused(frame, "request.invalid")
    assert socket.is_open


@pytest.mark.parametrize(
    "text", ["[]", "3", "null", '"ping"', "{}", '{"action": "fly"}', '{"action": 1}', '{"action": []}']
)
def test_a_frame_that_asks_for_nothing_we_know(socket: Socket, text: str):
    refused(socket.say(text), "socket.action_unknown")
    assert socket.is_open


def test_a_message_without_a_body(socket: Socket):
    app({"requestContext": socket._request("MESSAGE")}, None)
    refused(socket.frames[-1], "request.invalid")


SEND = {"action": "send", "id": "client-id-1", "conversation_id": "cnv_1", "type": "text", "content": {"text": "x"}}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"content": {"text": ""}}, "content.text"),
        ({"content": {"text": "  \n "}}, "content.text"),
        ({"content": {"text": "x" * 5001}}, "content.text"),
        ({"content": {"text": 1}}, "content.text"),
        ({"content": {"text": "x", "html": "x"}}, "content.html"),
        ({"content": "x"}, "content"),
        ({"conversation_id": "x"}, "conversation_id"),
        ({"seq": 1}, "seq"),
        ({"sender": "per_1"}, "sender"),
    ],
)
def test_a_message_that_breaks_its_schema_names_itself_and_the_field(socket: Socket, changes: Frame, field: str):
    facts = refused(socket.say(**SEND | changes), "request.schema_broken", "client-id-1")
    assert [problem["field"] for problem in facts["fields"]] == [field]


@pytest.mark.parametrize("type_", ["system", "recall", "recalled", "x-unheard-of", ""])
def test_a_message_of_a_type_that_no_member_may_send(socket: Socket, type_: str):
    refused(socket.say(**SEND | {"type": type_}), "message.type_unknown", "client-id-1")


@pytest.mark.parametrize("client_id", ["short", "x" * 65, "with space", "须须须须须须须须", "", 12345678, None])
def test_a_message_whose_id_cannot_be_one(socket: Socket, client_id: object):
    frame = socket.say(**SEND | {"id": client_id})
    assert (frame["type"], frame["code"]) == ("error", "request.schema_broken")
    assert socket.is_open


@pytest.mark.parametrize("client_id", ["\\ud800", "\\u0000", "x" * 100_000])
def test_an_id_that_is_no_text_is_not_sent_back(socket: Socket, client_id: str):
    text = json.dumps(SEND).replace("client-id-1", client_id)
    frame = socket.say(text)
    assert frame["type"] == "error" and frame["id"] is None
    assert socket.is_open


def test_a_read_mark_that_breaks_its_schema(socket: Socket):
    for seq in (-1, 10**12, "1", None, 1.5):
        frame = socket.say(action="read", conversation_id="cnv_1", seq=seq)
        assert (frame["type"], frame["code"]) == ("error", "request.schema_broken")


def test_a_conversation_of_others_is_not_found(socket: Socket, talk: Talk):
    outsider = talk.sockets.open(talk.clinic.colleague.caller)
    for conversation_id in (talk.id, "cnv_unknown"):
        refused(outsider.send(conversation_id, "hello", "client-id-1"), "conversation.not_found", "client-id-1")
        frame = outsider.say(action="read", conversation_id=conversation_id, seq=1)
        refused(frame, "conversation.not_found")
    assert [message["seq"] for message in talk.messages(talk.patient)] == [1]


@pytest.mark.parametrize("role", ["org_admin", "operator", "partner"])
def test_who_takes_part_in_nothing_may_not_write_or_read(sockets: Sockets, clinic: Clinic, role: str):
    opened = sockets.open(hire(role, clinic.id if role == "org_admin" else "").caller)
    assert refused(opened.say(**SEND), "policy.refused", "client-id-1") == {"permission": "conversation:take_part"}
    refused(opened.say(action="read", conversation_id="cnv_1", seq=1), "policy.refused")
    assert opened.say(action="ping") == {"type": "pong", "behind": {}, "newest": None}


def test_a_revoked_session_is_shut_out_with_its_next_frame(talk: Talk, time: Time):
    opened = talk.socket(talk.doctor)
    time.passes(hours=12)
    refused(opened.send(talk.id, "hello", "client-id-1"), "session.over", "client-id-1")
    assert not opened.is_open


def test_a_withdrawn_role_is_shut_out_with_its_next_frame(talk: Talk):
    opened = talk.socket(talk.doctor)
    with Work(by=somebody(), doing="test.write") as work:
        role = roles.need(role_key(talk.doctor.role.id))
        work.change(roles, role, role.having(active=False))
    refused(opened.say(action="ping"), "session.over")
    assert not opened.is_open


def test_a_failure_answers_with_our_frame_and_the_log_says_where(
    socket: Socket, journal: Journal, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object, **__: object) -> None:
        raise ValueError("the patient said: my chest hurts")

    monkeypatch.setattr("messaging.ws_message.app.answer_on_socket", fail)
    assert refused(socket.say(**SEND), "edge.unexpected", "client-id-1") == {}
    assert socket.is_open
    (failure,) = [line for line in journal.lines if line["level"] == "ERROR"]
    assert failure["error"] == "ValueError"
    assert "chest" not in journal.text


@pytest.mark.parametrize("action", ["ping", "fly"])
def test_a_page_that_vanished_before_its_answer_is_forgotten(
    sockets: Sockets, patient: PatientOf, cloud: Cloud, action: str
):
    opened = sockets.open(patient.caller)
    opened.vanish()
    event = {"requestContext": opened._request("MESSAGE"), "body": json.dumps({"action": action})}
    assert app(event, None) == {"statusCode": 200}
    assert cloud.rows("connections", "record") == []


def test_a_stranger_says_hello_in_nobodys_name(sockets: Sockets, cloud: Cloud):
    """The session behind a socket is the one its ticket was given to; a frame cannot say otherwise."""
    opened = sockets.open(caller("per_1", "patient"), hello=False)
    frame = opened.say(action="hello", v=1, person_id="per_2")
    assert (frame["type"], frame["code"]) == ("error", "request.schema_broken")
