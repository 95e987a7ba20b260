"""All devices of all whom a call concerns are told how it stands."""

from __future__ import annotations

import pytest

from tests.builders.calls import acts, answers, rings, seen
from tests.builders.conversations import Talk

pytestmark = pytest.mark.store


def test_whoever_it_concerns_hears_how_it_stands_and_nobody_else(talk: Talk):
    pages = [talk.socket(talk.patient), talk.socket(talk.patient), talk.socket(talk.doctor)]
    other = talk.socket(talk.clinic.nurse)
    call_id = rings(talk, talk.doctor).ok(201)["id"]
    answers(call_id, talk.patient).ok()
    talk.deliver(twice=True)
    shown = seen(call_id, talk.patient)
    for page in pages:
        told = page.take("call")
        assert all(frame == {"type": "call", "call": shown} for frame in told), "late or twice, it tells nothing old"
        assert len(told) == 4
    assert other.take("call") == []
    assert acts(call_id, "end", talk.patient).ok()["revision"] == shown["revision"] + 1
