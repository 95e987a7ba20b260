"""Limits: so many in so long, counted exactly, also by many at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hospital.errors import TooMany
from hospital.limits import Limit
from tests.builders.cloud import Cloud, together
from tests.builders.moments import Time

pytestmark = pytest.mark.store


class Enough(TooMany):
    """No more for now."""

    code = "test.enough"


LIMIT = Limit("test", most=3, window=timedelta(minutes=10), refusal=Enough)


def test_as_many_as_are_allowed_and_no_more(cloud):
    assert [LIMIT.take("a") for _ in range(3)] == [2, 1, 0]
    with pytest.raises(Enough):
        LIMIT.take("a")


def test_each_who_and_each_name_is_counted_apart(cloud):
    for _ in range(3):
        LIMIT.take("a")
    LIMIT.take("b")
    Limit("other", most=1, window=timedelta(minutes=10)).take("a")


def test_the_refusal_says_when_to_come_back_and_then_it_is_true(cloud, time: Time):
    time.passes(minutes=3, seconds=20)
    for _ in range(3):
        LIMIT.take("a")
    with pytest.raises(Enough) as refusal:
        LIMIT.take("a")
    wait = refusal.value.facts["retry_after_seconds"]
    assert wait == 400
    time.passes(seconds=wait - 1)
    with pytest.raises(Enough):
        LIMIT.take("a")
    time.passes(seconds=1)
    assert LIMIT.take("a") == 2


def test_a_wait_is_at_least_a_second(cloud, time: Time):
    time.passes(minutes=9, seconds=59.999)
    with pytest.raises(Enough) as refusal:
        for _ in range(9):
            LIMIT.take("a")
    assert refusal.value.facts["retry_after_seconds"] >= 1


def test_one_that_is_given_back_may_be_used_again(cloud):
    for _ in range(5):
        LIMIT.take("a")
        LIMIT.give_back("a")
    assert LIMIT.take("a") == 2


def test_nothing_is_given_back_that_was_not_taken(cloud, time: Time):
    LIMIT.give_back("a")
    assert LIMIT.take("a") == 2
    LIMIT.give_back("a"), LIMIT.give_back("a")
    assert LIMIT.take("a") == 2
    time.passes(minutes=10)
    LIMIT.give_back("a")
    assert LIMIT.take("a") == 2


def test_many_at_once_get_exactly_what_is_there(cloud):
    answers = together(8, lambda _: LIMIT.take("a"))
    assert sorted(answer for answer in answers if isinstance(answer, int)) == [0, 1, 2]
    assert [type(answer) for answer in answers].count(Enough) == 5


def test_the_count_expires_with_its_window(cloud: Cloud, time: Time):
    LIMIT.take("a")
    (row,) = cloud.rows("requests", "limit")
    assert row["expires_on"] == int(time.now.timestamp()) + 600
