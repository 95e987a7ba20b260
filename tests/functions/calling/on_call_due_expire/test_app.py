"""What of a call is over by itself is written down, and everybody hears."""

from __future__ import annotations

import pytest

from hospital.calls.store import get_call
from house.sweep_due.app import app as sweep_due
from tests.builders.calls import a_relay, answers, rings, seen, talking
from tests.builders.conversations import Talk
from tests.builders.moments import Time

pytestmark = pytest.mark.store


def sweep(talk: Talk, *, twice: bool = False) -> list[str]:
    talk.deliver()
    sweep_due({}, None)
    return [told for told in talk.deliver(twice=twice) if told.startswith("call.")]


def test_an_unanswered_call_is_missed_and_both_pages_hear(talk: Talk, time: Time):
    call_id = rings(talk, talk.doctor).ok(201)["id"]
    pages = [talk.socket(talk.patient), talk.socket(talk.doctor)]
    time.passes(seconds=44)
    assert sweep(talk) == []
    time.passes(seconds=16)
    assert sweep(talk, twice=True) == ["call.due.v1", "call.ended.v1"]
    over = get_call(call_id)
    assert (over.version, over.outcome, over.seconds) == (2, "missed", None)
    for page in pages:
        assert page.take("call")[-1]["call"] == seen(call_id, talk.doctor)
    unheard = rings(talk, talk.doctor).ok(201)["id"]
    time.passes(seconds=10)
    answers(unheard, talk.patient).ok()
    time.passes(seconds=30)
    sweep(talk)
    over = get_call(unheard)
    assert (over.outcome, over.ended_at) == ("failed", time.now), "answered, and no media came"


def test_whoever_looks_first_has_it_written_down_and_all_hear_at_once(talk: Talk, time: Time):
    """Not with the sweep of the next minute; a look before that writes nothing, and what is written is written once."""
    call_id = rings(talk, talk.doctor).ok(201)["id"]
    page = talk.socket(talk.patient)
    time.passes(seconds=44)
    assert seen(call_id, talk.doctor)["state"] == "invited"
    assert get_call(call_id).version == 1
    time.passes(seconds=1)
    missed = seen(call_id, talk.doctor)
    assert (missed["outcome"], missed["revision"]) == ("missed", 2)
    assert seen(call_id, talk.patient) == missed
    assert [one for one in talk.deliver() if one.startswith("call.")] == ["call.begun.v1", "call.ended.v1"]
    assert page.take("call")[-1]["call"] == missed
    time.passes(seconds=15)
    assert sweep(talk) == ["call.due.v1"]
    assert get_call(call_id).version == 2


def test_an_answer_in_time_keeps_it_and_a_room_that_emptied_ends_it(talk: Talk, time: Time):
    relay = a_relay()
    call_id = talking(talk, relay)
    version = get_call(call_id).version
    time.passes(minutes=2)
    relay.report().ok()
    assert sweep(talk) == ["call.due.v1", "call.due.v1"], "of the ring, and of the media"
    assert get_call(call_id).version == version
    assert get_call(call_id).state == "connected"
    relay.fact("closed", call_id)
    relay.report().ok()
    time.passes(seconds=60)
    sweep(talk)
    assert get_call(call_id).outcome == "completed"
    assert relay.report().ok()["close"] == [call_id]
