"""The proof on the functions in this process, under seeded turns: the short form, and the long one."""

from __future__ import annotations

import pytest

from tests.builders.cloud import Cloud
from tests.builders.people import Clinic
from tests.delivery.memory import proven

MESSAGES = 150
SEEDS = range(4)


@pytest.mark.journey
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_doubled_or_reordered(cloud: Cloud, clinic: Clinic, seed: int) -> None:
    """Under every trouble that the memory ground has."""
    run, _ = proven(cloud, clinic, seed, MESSAGES)
    assert run.faults() == [], f"{run.script}: rerun with seed {seed}"
