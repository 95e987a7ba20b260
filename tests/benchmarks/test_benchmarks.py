"""What the benchmarks count with is right; what they count is theirs to say."""

from __future__ import annotations

import importlib

import pytest

from tests.benchmarks import bench_messages
from tests.benchmarks.__main__ import names, shown
from tests.benchmarks.bench_talking import heard, shares
from tests.builders.moments import Time


@pytest.mark.unit
def test_each_benchmark_can_be_run() -> None:
    for name in names():
        assert callable(importlib.import_module(f"tests.benchmarks.bench_{name}").main)


@pytest.mark.unit
def test_small_figures_keep_their_digits() -> None:
    assert [shown(value) for value in (0.00081, 0.25, 12.345, 0.0, 7, "ok")] == [
        "0.00081",
        "0.25",
        "12.35",
        "0.00",
        "7",
        "ok",
    ]


@pytest.mark.unit
def test_each_message_is_heard_once() -> None:
    """A push that comes twice is one, and what was not sent now is none."""
    names_heard = iter(["b", "from before", "b", "a"])
    assert len(heard({"a": 0.0, "b": 0.0}, lambda: next(names_heard))) == 2
    assert shares("x", [0.001 * n for n in range(1, 101)]) == {"x_50": 51.0, "x_95": 96.0, "x_99": 100.0}


@pytest.mark.store
def test_a_message_costs_the_same_however_long_the_conversation(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands: what is looked up again after a minute is not part of it."""
    monkeypatch.setattr(bench_messages, "TURNS", 1)
    counts = []
    for length in (10, 200):
        with bench_messages.opened(2) as bench:
            bench.grow(length)
            used = bench.deliver()
        counts.append((used.calls, used.writes, used.reads, used.pushes))
    assert counts[0] == counts[1]
    assert counts[0][1] <= 8
