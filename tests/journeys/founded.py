"""Founding takes a hospital ten times as long as opening again: a run of tests does it once, the others open copies."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from tests.journeys.hospital import HospitalProcess, eventually, running_hospital


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of a new hospital with demo data, at rest and closed; workers of one run share it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    state = shared / "founded"
    with (shared / "founded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not state.exists():
            being_founded = shared / "being_founded"
            shutil.rmtree(being_founded, ignore_errors=True)  # another worker was cut off
            with running_hospital(being_founded, "--deliveries", "steady") as process:
                assert eventually(lambda: _is_at_rest(process), 120)
                assert process.stop() == 0
            being_founded.rename(state)
    return state


def copied(founded: Path, place: Path) -> Path:
    """A state folder of one's own, in which all that has happened already."""
    shutil.copytree(founded, place)
    return place


def _is_at_rest(process: HospitalProcess) -> bool:
    """Nothing waits in a queue or is about to be delivered: all that follows from founding has followed."""
    told = process.get("/sandbox/api/queues").json()
    waiting = any(queue["waiting"] + queue["delayed"] + queue["in_flight"] for queue in told["items"])
    return not waiting and all(one["due_in_seconds"] > 30 for one in told["on_their_way"])
