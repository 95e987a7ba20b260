"""Lines are put together: a long call takes no more room than a short one, and nothing is lost of the sums."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hospital.calls.quality import MOST_BUCKETS, Quality, Sample
from tests.builders.moments import START

pytestmark = pytest.mark.unit


def a_line() -> Quality:
    return Quality(id="call_1#per_1", call_id="call_1", person_id="per_1", began_at=START)


def sample(seconds: float, **measured: Any) -> Sample:
    return Sample(at=START + timedelta(seconds=seconds), **measured)


def test_samples_of_the_same_seconds_become_means_sums_and_the_worst():
    samples = [
        sample(1, up_loss=0.1, freezes=1, limited_by="cpu"),
        sample(5, up_loss=0.3, jitter_ms=8, freezes=2, limited_by="bandwidth"),
        sample(9.9, jitter_ms=4),
    ]
    (bucket,) = a_line().taking(samples[:1], None).taking(samples[1:], None).buckets
    assert (bucket.counted, bucket.up_loss, bucket.freezes, bucket.limited_by) == (3, 0.2, 3, "cpu")
    assert bucket.jitter_ms == 6.0, "the mean of those that measured it"
    assert bucket.down_loss is None, "of what was not measured nothing is made up"


def test_a_long_call_takes_no_more_room_and_forgets_no_freeze():
    hours = [sample(second, freezes=1, up_bps=1000.0) for second in range(0, 4 * 3600, 5)]
    line = a_line().taking(hours, 640)
    assert len(line.buckets) <= MOST_BUCKETS
    assert line.seconds == 80
    assert sum(one.freezes for one in line.buckets) == sum(one.counted for one in line.buckets) == len(hours)
    assert {one.up_bps for one in line.buckets} == {1000.0}
    assert [one.number for one in line.buckets] == sorted({one.number for one in line.buckets})


def test_the_first_set_up_time_stays():
    assert a_line().taking([], 640).taking([], 9).set_up_ms == 640
    assert a_line().taking([], None).taking([], 9).set_up_ms == 9


def test_what_a_wrong_clock_says_is_left_aside():
    line = a_line().taking([sample(-3600, freezes=1), sample(10**7, freezes=1), sample(-5, freezes=1)], None)
    assert [(one.number, one.freezes) for one in line.buckets] == [(0, 1)]
