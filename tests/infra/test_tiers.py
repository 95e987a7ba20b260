"""No test is lost between the tiers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import tiers
from tests.conftest import pytest_ignore_collect
from tests.tiers import TIERS

pytestmark = pytest.mark.unit

TESTS = Path(__file__).resolve().parents[1]
FILES = sorted(TESTS.rglob("test_*.py"))


def test_every_file_names_its_tiers_where_its_tests_are():
    """A tier reads the files that name its mark: a mark that came from elsewhere would not be seen."""
    marks = [f"pytest.mark.{tier.mark}" for tier in TIERS]
    assert [path for path in FILES if not any(mark in path.read_text(encoding="utf-8") for mark in marks)] == []
    from_elsewhere = ("add_" + "marker", "apply" + "marker")
    texts = {path: path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py")}
    assert [path for path, text in texts.items() if any(word in text for word in from_elsewhere)] == []


@pytest.mark.parametrize("tier", [tier.mark for tier in TIERS])
@pytest.mark.parametrize("nightly", ["", " and not nightly", " and nightly"])
def test_a_tier_leaves_out_only_what_does_not_name_it(pytestconfig, monkeypatch, tier, nightly):
    monkeypatch.setattr(pytestconfig.option, "markexpr", f"{tier}{nightly}")
    kept = {path for path in FILES if not pytest_ignore_collect(path, pytestconfig)}
    assert kept == {path for path in FILES if f"pytest.mark.{tier}" in path.read_text(encoding="utf-8")}


@pytest.mark.parametrize("asked", ["", "not nightly", "unit or store", "req"])
def test_other_questions_read_everything(pytestconfig, monkeypatch, asked):
    monkeypatch.setattr(pytestconfig.option, "markexpr", asked)
    assert [path for path in FILES if pytest_ignore_collect(path, pytestconfig)] == []


def two_tries(monkeypatch, mark: str, first: list[str], second: int) -> tuple[tiers.Result, list[list[str]]]:
    """The tier when the first run failed at these tests and the second ended with this code; the runs' commands."""
    commands: list[list[str]] = []

    def run(command: list[str]) -> tuple[int, list[str]]:
        commands.append(command)
        if len(commands) > 1:
            return second, []
        return 1, [
            *(f"FAILED {name} - AssertionError: no\n" for name in first),
            f"{len(first)} failed, 9 passed in 2s\n",
        ]

    monkeypatch.setattr(tiers, "_pytest", run)
    tier = next(tier for tier in TIERS if tier.mark == mark)
    return tiers._run(tier, False, []), commands


def test_what_failed_beside_others_is_tried_once_more_and_named(monkeypatch):
    result, commands = two_tries(monkeypatch, "browser", ["tests/a.py::test_one"], 0)
    assert (result.code, result.counts, result.second_try) == (0, {"passed": 10}, ("tests/a.py::test_one",))
    assert commands[1][-1] == "tests/a.py::test_one" and "-n" not in commands[1]


def test_what_fails_twice_or_in_numbers_or_without_processes_stays_failed(monkeypatch):
    assert two_tries(monkeypatch, "journey", ["tests/a.py::test_one"], 1)[0].code == 1
    many = [f"tests/a.py::test_{number}" for number in range(4)]
    for mark, failed in (("browser", many), ("store", many[:1])):
        result, commands = two_tries(monkeypatch, mark, failed, 0)
        assert (result.code, len(commands)) == (1, 1)
