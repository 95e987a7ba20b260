"""Doing the same with many things at the same time."""

from __future__ import annotations

import threading
from contextvars import ContextVar

import pytest

from hospital.at_once import at_once

pytestmark = pytest.mark.unit


def test_answers_stand_in_the_order_of_the_questions():
    assert at_once(lambda number: number * number, range(100)) == [number * number for number in range(100)]
    assert at_once(lambda number: number, []) == []


def test_all_are_under_way_at_the_same_time():
    meeting = threading.Barrier(8)
    assert len(at_once(lambda _: meeting.wait(20), range(8))) == 8, "each waited for all the others"


def test_no_more_than_so_many_at_a_time():
    lock, running, most = threading.Lock(), [], []

    def act(number: int) -> None:
        with lock:
            running.append(number)
            most.append(len(running))
        threading.Event().wait(0.001)
        with lock:
            running.remove(number)

    at_once(act, range(40), most=3)
    assert 1 <= max(most) <= 3


def test_one_failure_stops_no_other_and_is_raised():
    done = []

    def act(number: int) -> None:
        if number == 1:
            raise ValueError(number)
        done.append(number)

    with pytest.raises(ValueError, match="1"):
        at_once(act, range(5))
    assert sorted(done) == [0, 2, 3, 4]


def test_each_sees_what_its_caller_sees_and_leaves_no_thread():
    told: ContextVar[str] = ContextVar("told", default="nothing")
    told.set("the environment")
    assert at_once(lambda _: told.get(), range(4)) == ["the environment"] * 4
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("at-once")] == []
