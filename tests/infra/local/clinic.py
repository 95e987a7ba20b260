"""The small clinic of `fixtures/clinic` as a running hospital."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.hospital import HospitalProcess, running_hospital

TEMPLATE = Path(__file__).parent / "fixtures" / "clinic" / "template.yaml"


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """One process for a module of tests."""
    arguments = ("--template", str(TEMPLATE), "--deliveries", "steady")  # tests count what was delivered
    with running_hospital(tmp_path_factory.mktemp("clinic") / "state", *arguments) as process:
        yield process
