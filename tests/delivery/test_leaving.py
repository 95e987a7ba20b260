"""What the checker found: a message that was stored must not be refused when it is sent again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders.cloud import Cloud
from tests.builders.people import Clinic
from tests.delivery.acting import Run
from tests.delivery.memory import CALM, MOST, MemoryHospital
from tests.delivery.script import Act, Script

pytestmark = pytest.mark.store


def test_written_unheard_and_left(cloud: Cloud, clinic: Clinic) -> None:
    """The acknowledgement is lost, the person leaves the group, the device sends again: it hears the number."""
    script = Script(1, 4, (1, 2, 3), ((1, 2, 3),), ())
    ground = MemoryHospital(cloud, clinic, script, CALM)
    run = Run(script, ground)
    with ground.open():
        for _ in range(400):
            run.turn()
        ground.suffers(replace(CALM, lost=1.0, given_up=1.0))
        run.do(1, run.devices[1].says(ground.conversations[0], "1-1-000001", "text", {"text": "说完就走"}))
        for _ in range(300):
            run.turn()
        ground.suffers(CALM)
        run.does(0, Act(1, 0, "part", 0.5))
        run.settles(MOST)
        run.looks()
    assert run.faults() == []
    assert not run.devices[1].outbox
