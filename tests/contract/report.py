"""The last nightly run of the fuzz, as a table for people to read."""

from __future__ import annotations

import time
from pathlib import Path

from tests.contract.fuzzing import Tally

REPORT = Path(__file__).resolve().parents[2] / "docs" / "fuzz.md"


def write_report(tally: Tally, operations: int, examples: int) -> None:
    """Overwrites `docs/fuzz.md`. Only a run without a failure gets here with all roles."""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    lines = [
        "# The API, asked at random",
        "",
        "Written by `make nightly` (`tests/contract/test_fuzz.py`). Requests are made up from `docs/openapi.json`,",
        "half of them against it; every answer is held against the document and the table of who may do what.",
        "",
        f"Last run: {day}, seed {tally.seed}, {operations} operations, up to {examples} requests of each by each role.",
        "",
        "| role | requests | 2xx | 400 | 401 | 403 | 404 | 409 | 413, 415, 429 | 5xx |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for role, found in tally.answers.items():
        groups = [(200, 299), (400, 400), (401, 401), (403, 403), (404, 404), (409, 409), (410, 499), (500, 599)]
        counts = [sum(count for status, count in found.items() if low <= status <= high) for low, high in groups]
        lines.append(f"| {role} | {sum(found.values())} | " + " | ".join(map(str, counts)) + " |")
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
