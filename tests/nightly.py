"""The report of the long forms: `docs/nightly.md`, one section for each proof, overwritten when that proof ran."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]

KEPT = Path(__file__).resolve().parents[1] / ".nightly"
"""What a night has done so far, one file of JSON lines for each proof: one that was cut off goes on behind it."""

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


def keep(proof: str, row: Row) -> None:
    """One more line of a proof."""
    KEPT.mkdir(exist_ok=True)
    with (KEPT / f"{proof}.jsonl").open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(row) + "\n")


def kept(proof: str) -> list[Row]:
    """The lines so far, in the order in which they were kept."""
    path = KEPT / f"{proof}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
