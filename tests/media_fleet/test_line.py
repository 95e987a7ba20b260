"""The bad line that the relay is tried on does what its shape says."""

from __future__ import annotations

from itertools import groupby

import pytest

from tests.builders.line import CLEAN, Line, LineShape

pytestmark = pytest.mark.unit

SIZE = 1000
MANY = 20_000


def arrivals(shape: LineShape, seed: int = 7, every: float = 0.01) -> list[float | None]:
    line = Line(shape, seed)
    return [line.take(SIZE, number * every) for number in range(MANY)]


def share_lost(seen: list[float | None]) -> float:
    return sum(at is None for at in seen) / len(seen)


def test_a_clean_line_changes_nothing() -> None:
    assert arrivals(CLEAN) == [number * 0.01 for number in range(MANY)]


@pytest.mark.parametrize("loss", [0.2, 0.4, 0.8])
def test_it_loses_the_share_it_should(loss: float) -> None:
    assert share_lost(arrivals(LineShape(loss=loss))) == pytest.approx(loss, abs=0.02)


def test_in_bursts_it_loses_as_much_in_longer_runs() -> None:
    seen = arrivals(LineShape(loss=0.2, burst=5))
    runs = [len(list(run)) for lost, run in groupby(at is None for at in seen) if lost]
    assert share_lost(seen) == pytest.approx(0.2, abs=0.03)
    assert sum(runs) / len(runs) == pytest.approx(5, abs=0.5)


def test_runs_too_short_for_so_much_loss_are_refused() -> None:
    with pytest.raises(ValueError, match="runs that short"):
        LineShape(loss=0.8, burst=2)


def test_delay_and_jitter_are_within_their_bounds_and_overtake() -> None:
    seen = arrivals(LineShape(delay=0.05, jitter=0.1))
    late = [at - number * 0.01 for number, at in enumerate(seen) if at is not None]
    assert min(late) >= 0.05
    assert max(late) <= 0.15
    assert seen != sorted(at for at in seen if at is not None)


def test_without_overtaking_the_order_stays() -> None:
    seen = [at for at in arrivals(LineShape(jitter=0.5, overtaking=False)) if at is not None]
    assert seen == sorted(seen)


def test_a_rate_lets_through_no_more_and_its_queue_is_bounded() -> None:
    """800 kbit/s come, 400 kbit/s may pass: half is lost, and nothing waits longer than the queue."""
    seen = arrivals(LineShape(rate=400_000, queue=0.2))
    assert share_lost(seen) == pytest.approx(0.5, abs=0.02)
    waits = [at - number * 0.01 for number, at in enumerate(seen) if at is not None]
    assert max(waits) <= 0.2 + SIZE * 8 / 400_000 + 1e-6


def test_the_same_seed_is_the_same_network() -> None:
    shape = LineShape(loss=0.3, jitter=0.2)
    assert arrivals(shape, seed=1) == arrivals(shape, seed=1)
    assert arrivals(shape, seed=1) != arrivals(shape, seed=2)
