"""The line that a call leaves in its conversation."""

from __future__ import annotations

import pytest

from tests.builders.calls import a_relay, acts, rings, talking
from tests.builders.conversations import Talk
from tests.builders.moments import Time

pytestmark = pytest.mark.store


def test_outcome_and_length_stand_in_the_conversation_once(talk: Talk, time: Time):
    call_id = talking(talk, a_relay())
    time.passes(minutes=3)
    acts(call_id, "end", talk.patient).ok()
    talk.deliver(twice=True)
    (line,) = talk.messages(talk.patient)[1:]
    assert (line["type"], line["sender"], line["seq"]) == ("system", None, 2)
    assert line["content"] == {
        "event": "call",
        "call_id": call_id,
        "media": "video",
        "outcome": "completed",
        "seconds": 180,
        "by": {"person_id": talk.doctor.caller.person_id, "name": talk.doctor.role.name, "role": "doctor"},
    }
    acts(rings(talk, talk.doctor).ok(201)["id"], "cancel", talk.doctor).ok()
    talk.deliver()
    (_, given_up) = talk.messages(talk.patient)[1:]
    assert (given_up["content"]["outcome"], given_up["content"]["seconds"]) == ("cancelled", None)
    acts(rings(talk, talk.doctor).ok(201)["id"], "cancel", talk.doctor).ok()
    talk.close()
    talk.deliver()
    assert len(talk.messages(talk.patient)) == 3, "a conversation that closed meanwhile takes no line: the call tells"
