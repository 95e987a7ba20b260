"""The nightly report: a proof replaces its own section and leaves the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nightly import table, write_section

pytestmark = pytest.mark.unit


def test_a_section_replaces_itself_and_leaves_the_others(tmp_path: Path) -> None:
    """Whatever order they are written in."""
    report = tmp_path / "nightly.md"
    write_section("Kills", ["first"], report)
    write_section("Answers", [table(["role", "requests"], [["nobody", 3]])], report)
    write_section("Kills", ["second"], report)
    text = report.read_text(encoding="utf-8")
    assert text.startswith("# What the nights say")
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Answers", "## Kills"]
    assert "second" in text and "first" not in text
    assert "| role | requests |\n| --- | ---: |\n| nobody | 3 |" in text
