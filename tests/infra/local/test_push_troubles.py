"""The ways of pushes under trouble on demand."""

from __future__ import annotations

from collections import Counter

import pytest

from infra.local.gateway.push_troubles import AS_EVER, PushTroubles, Shares, Way

pytestmark = pytest.mark.unit


def test_nothing_goes_wrong_by_itself() -> None:
    assert {PushTroubles().way() for _ in range(100)} == {AS_EVER}


@pytest.mark.parametrize(
    "shares, way",
    [
        (Shares(gone=1), Way(410, 0)),
        (Shares(busy=1), Way(429, 0)),
        (Shares(failed=1), Way(500, 0)),
        (Shares(lost=1), Way(200, 0)),
        (Shares(doubled=1), Way(200, 2)),
        (Shares(late=1, seconds=0), Way(200, 1)),
    ],
)
def test_each_share_is_a_way(shares: Shares, way: Way) -> None:
    troubles = PushTroubles()
    troubles.shares = shares
    assert troubles.way() == way


def test_the_same_seed_draws_the_same_ways_in_about_the_shares_asked_for() -> None:
    drawn = []
    for _ in range(2):
        troubles = PushTroubles(5)
        troubles.shares = Shares(lost=0.2, late=0.5, seconds=2.0)
        drawn.append([troubles.way() for _ in range(1000)])
    assert drawn[0] == drawn[1]
    times = Counter(way.times for way in drawn[0])
    assert 140 < times[0] < 260
    assert all(0 <= way.later <= 2.0 for way in drawn[0])
    assert 300 < sum(way.later > 0 for way in drawn[0]) < 500
