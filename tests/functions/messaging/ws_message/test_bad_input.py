"""Bad input by name: what is refused has one code, whichever way it comes; what is kept is kept as it was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from messaging.poll_frames.app import app as polls
from tests.builders.cloud import Cloud
from tests.builders.conversations import Talk
from tests.builders.gateway import call
from tests.builders.sockets import Frame, signed_in

pytestmark = pytest.mark.store

Say = Callable[..., Frame]


@pytest.fixture(params=["socket", "poll"])
def say(request: pytest.FixtureRequest, talk: Talk) -> Say:
    """The patient's device says something: the answer, or the refusal, by either way."""
    if request.param == "socket":
        page = talk.socket(talk.patient)
        return lambda **frame: page.say(**frame)
    caller = signed_in(talk.patient.caller)
    poll_id = call(polls, "POST", "/polls", {"v": 1}, who=caller).ok(201)["poll_id"]
    return lambda **frame: call(polls, "POST", f"/polls/{poll_id}/frames", frame, who=caller).json


def sending(talk: Talk, text: str, name: str = "client-id-1", **more: Any) -> Frame:
    """A frame with a message."""
    frame = {"action": "send", "id": name, "conversation_id": talk.id, "type": "text", "content": {"text": text}}
    return {**frame, **more}


def test_numbers_from_the_future(talk: Talk, say: Say):
    for action in ("read", "delivered"):
        refusal = say(action=action, conversation_id=talk.id, seq=2)
        assert (refusal["code"], refusal["facts"]) == ("message.read_mark_beyond_end", {"last_seq": 1})
    assert say(action="ping", have={talk.id: 9_999})["behind"] == {}, "no device is behind what was never said"
    assert talk.ask("GET", "/messages?after=9999", talk.patient).ok()["items"] == []
    assert talk.view(talk.patient)["read_seq"] == 0


def test_a_client_id_used_again_with_other_content(talk: Talk, say: Say):
    first = say(**sending(talk, "一"))
    assert say(**sending(talk, "二"))["code"] == "message.id_reused"
    assert say(**sending(talk, "一")) == first


def test_a_conversation_that_is_closed_or_of_others(talk: Talk, say: Say):
    assert say(**sending(talk, "一", conversation_id="cnv_unknown"))["code"] == "conversation.not_found"
    talk.close()
    assert say(**sending(talk, "一"))["code"] == "conversation.closed"


def test_a_hundred_thousand_characters(talk: Talk, say: Say):
    refusal = say(**sending(talk, "x" * 100_000))
    problem = {"field": "content.text", "problem": "too_long", "limit": 5000}
    assert (refusal["code"], refusal["facts"]) == ("request.schema_broken", {"fields": [problem]})
    assert say(**sending(talk, "长" * 5000))["type"] == "ack"


def test_a_text_in_which_there_is_nothing_to_see(talk: Talk, say: Say):
    for text in ("\u200b", "\u202e\u202c", "\u2066\u2069\ufeff", "\u200d\u200c \u00ad"):
        refusal = say(**sending(talk, text))
        assert refusal["code"] == "request.schema_broken"
        assert [problem["field"] for problem in refusal["facts"]["fields"]] == ["content.text"]


WRITTEN = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[看这里](javascript:alert(1))",
    "报告\u202egpj.exe\u202c",  # kept as it was written: pages shut direction in, so it turns no other line
    "👨\u200d👩\u200d👧",  # without its joiners this family would be three people
    "&amp;&lt;b&gt;",
)


def test_what_was_written_stays_what_was_written(talk: Talk, say: Say):
    """A record says what was said. Markup is text to everybody; marks of direction and joiners belong to languages
    and emoji."""
    for number, text in enumerate(WRITTEN):
        assert say(**sending(talk, text, f"client-id-{number}"))["type"] == "ack"
    assert [message["content"]["text"] for message in talk.messages(talk.doctor)[1:]] == list(WRITTEN)


@pytest.mark.req("IM-18")
def test_what_is_stored_is_sealed(talk: Talk, say: Say, cloud: Cloud):
    """In every table, names and words alike; and nobody without a session hears or says anything."""
    words = "我有乙肝，请不要告诉别人"
    say(**sending(talk, words))
    talk.deliver()
    kept = str([cloud.rows(table) for table in ("conversations", "connections", "requests", "people")])
    assert talk.id in kept and words not in kept and "乙肝" not in kept
    assert [row["type"] for row in cloud.rows("conversations") if row.get("kind") == "Message"][-1] == "text"
    call(polls, "POST", "/polls", {"v": 1}).refused(401, "identity.missing")
