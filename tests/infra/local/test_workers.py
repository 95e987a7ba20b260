"""The threads that run functions."""

from __future__ import annotations

import threading
import time

import pytest

from infra.local.workers import CutOff, Workers

pytestmark = pytest.mark.unit


def test_calls_run_side_by_side_up_to_the_limit_and_later_ones_wait() -> None:
    workers, gate = Workers(4), threading.Event()
    running: list[int] = []
    futures = [workers.submit(lambda n=n: (running.append(n), gate.wait(5))) for n in range(6)]
    time.sleep(0.2)
    assert len(running) == 4
    gate.set()
    for future in futures:
        future.result(5)
    assert sorted(running) == list(range(6))


def test_what_a_call_raises_comes_through_its_future() -> None:
    def leave() -> None:
        raise SystemExit(3)

    workers = Workers(1)
    with pytest.raises(SystemExit):
        workers.submit(leave).result(5)
    assert workers.submit(lambda: 7).result(5) == 7


def test_an_abandoned_call_costs_its_thread_and_nothing_else() -> None:
    workers, gate = Workers(2), threading.Event()
    hung = [workers.submit(lambda: gate.wait(10)) for _ in range(2)]
    waiting, never = workers.submit(lambda: "served"), workers.submit(lambda: "never")
    workers.abandon(never)
    with pytest.raises(TimeoutError):
        waiting.result(0.1)
    for future in hung:
        workers.abandon(future)
    assert waiting.result(5) == "served"
    gate.set()
    for future in hung:  # ended as soon as they had what they waited for
        with pytest.raises(CutOff):
            future.result(5)
    assert [workers.submit(lambda n=n: n).result(5) for n in range(10)] == list(range(10))
    assert never.cancelled()


def test_no_call_is_forgotten_when_many_come_at_once() -> None:
    workers = Workers(8)

    def submit(start: int, found: list[int]) -> None:
        found.extend(workers.submit(lambda n=n: n).result(10) for n in range(start, start + 200))

    lists: list[list[int]] = [[] for _ in range(16)]
    threads = [threading.Thread(target=submit, args=(k * 1000, lists[k])) for k in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(len(found) for found in lists) == 3200
