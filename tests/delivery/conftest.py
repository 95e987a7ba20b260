"""`pytest tests/delivery/test_memory.py --seed 7`: one seed again, alone; without it the seeds of each test."""

from __future__ import annotations

import pytest

from tests.journeys.founded import founded

__all__ = ["founded"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """May be given more than once."""
    parser.addoption("--seed", type=int, action="append", default=None, help="only these seeds of the delivery proof")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The seeds of a test that wants one: those chosen, or its own (`SEEDS`)."""
    if "seed" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--seed", None)
        metafunc.parametrize("seed", chosen or metafunc.module.SEEDS[metafunc.function.__name__])
