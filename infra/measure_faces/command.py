"""The program: what it is told, and what it says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .labels import LabelsRefused, pairs_of
from .measuring import Report, measure


def main(arguments: Sequence[str]) -> int:
    """0 when the asked share is shown, 1 when it is not, 2 when nothing could be measured."""
    parser = argparse.ArgumentParser(prog="python -m infra.measure_faces", description="Measures the own face compare.")
    parser.add_argument("folder", type=Path, help="a subfolder of pictures for each person, or pairs.csv")
    parser.add_argument("--report", type=Path, help="where the whole report is written, as JSON")
    parser.add_argument("--seed", type=int, default=0, help="which pairs of two people are drawn of a large set")
    chosen = parser.parse_args(arguments)
    try:
        pairs = pairs_of(chosen.folder, chosen.seed)
    except (LabelsRefused, OSError) as reason:
        print(reason, file=sys.stderr)
        return 2
    report = measure(chosen.folder, pairs)
    if chosen.report:
        chosen.report.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    print(_said(report))
    return 0 if report.shown else 1


def _said(report: Report) -> str:
    used = f"{len(report.unused)} of {report.pictures} pictures could not be used"
    sure = f"{report.accuracy:.2%}, at least {report.at_least:.2%} (95 %)"
    lines = [
        f"{report.pairs} pairs ({report.genuine} of one person, {report.impostor} of two)",
        f"{report.left_out} left out, for {used}",
        f"right {report.right}, wrong {report.wrong}, in doubt {report.in_doubt}: {sure}",
        f"taken for the person, below {report.same_below}: {report.far:.3%} of impostors",
        f"not taken: {report.frr:.3%} of persons",
        f"{report.asked:.0%} is {'shown' if report.shown else 'not shown'} by this set",
    ]
    return "\n".join(lines)
