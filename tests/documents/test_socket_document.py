"""docs/asyncapi.json: every frame is in it, as it is parsed and as it is written."""

from __future__ import annotations

import json
from typing import Any, get_args

import jsonschema
import pytest

from hospital.conversations.content import CONTENT_TYPES
from infra.documents.asyncapi import answer_to, client_frames, socket_document
from messaging import frames, server_frames
from tests.builders.conversations import Talk
from tests.builders.sockets import Frame
from tests.template.reading import ROOT

pytestmark = pytest.mark.store


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return socket_document()


def test_the_committed_one_is_the_one_of_the_code(document):
    assert json.loads((ROOT / "docs/asyncapi.json").read_text(encoding="utf-8")) == document


def test_every_action_is_an_operation(document):
    assert {name for name in document["operations"] if name.startswith("receive.")} == {
        f"receive.{action}" for action in client_frames()
    }
    assert len(client_frames()) == len(get_args(frames.Frame))


def test_every_frame_of_the_server_is_described(document):
    written = {
        get_args(model.model_fields["type"].annotation)[0]
        for model in vars(server_frames).values()
        if isinstance(model, type)
        and issubclass(model, server_frames.ServerFrame)
        and model not in (server_frames.ServerFrame, server_frames.MarkTold)
    }
    assert {f"server.{name}" for name in written} == {
        name for name in document["components"]["messages"] if name.startswith("server.")
    }


def test_each_answer_is_the_one_that_the_function_gives():
    assert {action: answer_to(model) for action, model in client_frames().items() if action != "recall"} == {
        "hello": "welcome",
        "send": "ack",
        "read": "read",
        "delivered": "delivered",
        "typing": None,
        "present": "present",
        "ping": "pong",
    }


def test_every_reference_leads_somewhere(document):
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return own + [one for inner in value.values() for one in references(inner)]
        return [one for inner in value for one in references(inner)] if isinstance(value, list) else []

    found = references(document)
    assert len(found) > 50
    for reference in found:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def fits(document: dict[str, Any], name: str, frame: Frame) -> bool:
    """Whether a frame is what the document says of it."""
    schema = {**document["components"]["messages"][name]["payload"], "components": document["components"]}
    return bool(jsonschema.Draft202012Validator(schema).is_valid(frame))


def test_what_is_sent_and_heard_is_what_the_document_says(document, talk: Talk):
    patient, doctor = talk.socket(talk.patient), talk.socket(talk.doctor)
    said = [
        {"action": "hello", "v": 1, "have": {talk.id: 0}},
        {"action": "send", "id": "client-id-1", "conversation_id": talk.id, "type": "text", "content": {"text": "好"}},
        {"action": "read", "conversation_id": talk.id, "seq": 2},
        {"action": "delivered", "conversation_id": talk.id, "seq": 2},
        {"action": "present", "conversation_id": talk.id},
        {"action": "ping", "have": {talk.id: 1}},
        {"action": "send", "id": "client-id-2", "conversation_id": "cnv_x", "type": "text", "content": {"text": "好"}},
    ]
    for frame in said:
        assert fits(document, f"client.{frame['action']}", frame), frame
        answer = doctor.say(**frame)
        assert fits(document, f"server.{answer['type']}", answer), answer
    doctor._sockets.frames[patient.id].clear()
    doctor.say(action="read", conversation_id=talk.id, seq=2)
    talk.deliver()
    patient.say(action="ping")
    for frame in patient.take():
        assert fits(document, f"server.{frame['type']}", frame), frame


def test_what_no_member_may_send_does_not_fit(document):
    frame = {"action": "send", "id": "client-id-1", "conversation_id": "cnv_x", "type": "text", "content": {"text": 1}}
    assert not fits(document, "client.send", frame)
    assert not fits(document, "client.send", {**frame, "type": "system", "content": {"text": "好"}})
    assert not fits(document, "client.ping", {"action": "pong"})
    assert {"text", "image", "card"} <= set(CONTENT_TYPES)
