"""The report of the long forms: `docs/nightly.md`, one section for each proof, overwritten when that proof ran."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

REPORT = Path(__file__).resolve().parents[1] / "docs" / "nightly.md"
HEAD = """# What the nights say

Written by `make nightly`: the last run of each long form that ended without a failure.
"""


def write_section(title: str, paragraphs: Sequence[str], report: Path = REPORT) -> None:
    """Put a section in the place of the one with that title, or where its title belongs among the others."""
    text = report.read_text(encoding="utf-8") if report.exists() else HEAD
    head, *sections = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    kept = {section.splitlines()[0]: section.strip() for section in sections}
    day = time.strftime("%Y-%m-%d", time.gmtime())
    kept[f"## {title}"] = "\n\n".join([f"## {title}", f"Last run: {day}.", *paragraphs])
    ordered = [kept[name] for name in sorted(kept)]
    report.write_text("\n\n".join([head.strip(), *ordered]) + "\n", encoding="utf-8")


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Rows as Markdown; the first column is text, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
