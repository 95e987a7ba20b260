"""The proof on a running local hospital, killed with -9 and dropped by its gateway while everybody talks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.delivery.acting import Run
from tests.delivery.running import RunningHospital
from tests.delivery.script import Script
from tests.journeys.hospital import HospitalProcess, running_hospital

MESSAGES = 60
PACE = 3


@pytest.mark.journey
def test_nothing_is_lost_when_the_hospital_is_killed(tmp_path: Path) -> None:
    """Sockets and polls, pushes that fail, functions that die, and kill -9."""
    with running_hospital(tmp_path / "state", "--deliveries", "4") as hospital:
        run = proven(hospital, 4, MESSAGES, ("kill", "drop"))
        assert run.faults() == [], run.script


def proven(hospital: HospitalProcess, seed: int, messages: int, strikes: tuple[str, ...]) -> Run:
    """A whole run: acted, settled, looked at; its journal is to be checked."""
    script = Script.in_a_hospital(seed, messages, strikes)
    print(script)
    ground = RunningHospital(hospital, script)
    run = Run(script, ground)
    with ground.open():
        began = time.monotonic()
        run.acts(PACE)
        acted = time.monotonic()
        run.settles(120)
        run.looks()
    print(f"acted {acted - began:.1f} s, settled {time.monotonic() - acted:.1f} s")
    return run
