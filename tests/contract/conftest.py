"""The journeys' hospital, and the seed of the fuzz in the run's last lines."""

from __future__ import annotations

import pytest

from tests.contract.report import TALLIES
from tests.journeys.conftest import founded, hospital

__all__ = ["founded", "hospital"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How the random requests of this run can be had again."""
    for tally in config.stash.get(TALLIES, []):
        terminalreporter.write_line(f"fuzz: FUZZ_SEED={tally.seed}")
        for line in tally.lines():
            terminalreporter.write_line(f"  {line}")
