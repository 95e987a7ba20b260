"""One running hospital for each module of journeys, in which nothing may fail unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.founded import copied, founded
from tests.journeys.hospital import HospitalProcess, running_hospital
from tests.journeys.journal import SAID, nothing_failed

__all__ = ["founded"]


@pytest.fixture(scope="module")
def hospital(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HospitalProcess]:
    """The hospital of a module, new and with demo data."""
    with running_hospital(copied(founded, tmp_path_factory.mktemp("hospital") / "state")) as process:
        yield process
        nothing_failed(process)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was measured."""
    for line in config.stash.get(SAID, []):
        terminalreporter.write_line(line)
