"""The proof on the functions in this process, under seeded turns: the short form, and the long one.

`pytest tests/delivery/test_memory.py --seed 7` runs that seed again, alone; `-m nightly` beside it in its long form.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.builders.cloud import Cloud
from tests.builders.people import Clinic
from tests.delivery.memory import proven
from tests.delivery.nights import is_done, keep

SHORT, LONG = 240, 400
SEEDS = {
    "test_nothing_is_lost_doubled_or_reordered": range(8),
    "test_nothing_is_lost_doubled_or_reordered_long": range(1000, 1560),
}


@pytest.mark.journey
def test_nothing_is_lost_doubled_or_reordered(cloud: Cloud, clinic: Clinic, seed: int) -> None:
    """Under every trouble that the memory ground has."""
    run, _ = proven(cloud, clinic, seed, SHORT, talking=2)
    assert run.faults() == [], f"{run.script}: the same again with seed {seed}"


@pytest.mark.journey
@pytest.mark.nightly
def test_nothing_is_lost_doubled_or_reordered_long(cloud: Cloud, clinic: Clinic, seed: int, tmp_path: Path) -> None:
    """Two hundred thousand messages and more. Seeds that came through before are not run again."""
    if is_done("memory", seed):
        return
    began = time.monotonic()
    run, ground = proven(cloud, clinic, seed, LONG)
    faults = run.faults()
    keep("memory", run, faults, ground.injected(), time.monotonic() - began)
    if faults:
        run.journal.write(tmp_path / "journal.jsonl")
    assert faults == [], f"{run.script}: the journal is in {tmp_path}"
