"""No test is lost between the tiers."""

from __future__ import annotations

from pathlib import Path

import pytest

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
