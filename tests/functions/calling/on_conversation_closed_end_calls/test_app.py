"""No call outlives its visit."""

from __future__ import annotations

import pytest

from hospital.calls.store import get_call
from tests.builders.calls import a_relay, acts, current, rings, talking
from tests.builders.conversations import Talk
from tests.builders.moments import Time

pytestmark = pytest.mark.store


def test_the_summary_ends_the_call_that_goes_on(talk: Talk, time: Time):
    acts(rings(talk, talk.doctor).ok(201)["id"], "cancel", talk.doctor).ok()
    relay = a_relay()
    call_id = talking(talk, relay)
    page = talk.socket(talk.patient)
    time.passes(minutes=5)
    talk.close()
    talk.deliver(twice=True)
    over = get_call(call_id)
    assert (over.outcome, over.seconds) == ("completed", 300)
    assert page.take("call")[-1]["call"]["outcome"] == "completed"
    assert current(talk.patient) == []
    assert relay.report().ok()["close"] == [call_id]
    version = over.version
    talk.deliver()
    assert get_call(call_id).version == version
