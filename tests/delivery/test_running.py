"""The proof on a running local hospital, killed with -9 and dropped by its gateway while everybody talks."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.delivery.acting import Run
from tests.delivery.nights import is_done, keep
from tests.delivery.running import RunningHospital
from tests.delivery.script import TOLD, Script
from tests.journeys.founded import copied
from tests.journeys.hospital import HospitalProcess, running_hospital

MESSAGES, MESSAGES_LONG = 60, 150
PACE = 3
SEEDS = {"test_nothing_is_lost_when_the_hospital_is_killed_long": range(2000, 2020)}

TAKES = 40


@pytest.mark.journey
def test_nothing_is_lost_when_the_hospital_is_killed(founded: Path, tmp_path: Path) -> None:
    """Sockets and polls, pushes that fail, functions that die, and kill -9."""
    with running_hospital(copied(founded, tmp_path / "state"), "--deliveries", "4") as hospital:
        run = proven(hospital, 4, MESSAGES, ("kill", "drop"))
        assert run.faults() == [], run.script


@pytest.mark.journey
@pytest.mark.nightly
def test_nothing_is_lost_when_the_hospital_is_killed_long(tmp_path: Path, seed: int) -> None:
    """The long form: two kills a seed. Seeds that came through before are not run again."""
    if is_done("running", seed):
        return
    began = time.monotonic()
    with running_hospital(tmp_path / "state", "--deliveries", str(seed)) as hospital:
        run = proven(hospital, seed, MESSAGES_LONG, ("kill", "drop") * 2)
        faults = run.faults()
    injected = Counter(TOLD[act.what] for act in run.script.acts if act.what in TOLD)
    keep("running", run, faults, dict(injected), time.monotonic() - began)
    if faults:
        run.journal.write(tmp_path / "journal.jsonl")
    assert faults == [], f"{run.script}: the journal is in {tmp_path}"


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
