"""The last nightly run of the fuzz, as a table for people to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.nightly import table, write_section

if TYPE_CHECKING:  # every run reads this module, few need what the fuzz is made with
    from tests.contract.fuzzing import Tally

TALLIES: pytest.StashKey[list[Tally]] = pytest.StashKey()
"""What this run asked at random."""

GROUPS = {
    "2xx": (200, 299),
    "400": (400, 400),
    "401": (401, 401),
    "403": (403, 403),
    "404": (404, 404),
    "409": (409, 409),
    "413, 415, 429": (410, 499),
    "5xx": (500, 599),
}


def write_report(tally: Tally, operations: int, examples: int) -> None:
    """The section of the fuzz. Only a run of all roles gets here."""
    rows = []
    for role, found in tally.answers.items():
        counts = [sum(n for status, n in found.items() if low <= status <= high) for low, high in GROUPS.values()]
        rows.append([role, sum(found.values()), *counts])
    what = """`tests/contract/test_fuzz.py`: requests made up from `docs/openapi.json`, half of them against it. Every
answer is held against the document and against the table of who may do what (`tests/access/matrix.py`)."""
    how_many = f"Seed {tally.seed}, {operations} operations, up to {examples} requests of each by each role."
    write_section("The API, asked at random", [what, how_many, table(["role", "requests", *GROUPS], rows)])
