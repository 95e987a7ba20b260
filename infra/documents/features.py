"""`docs/features.md`: what the hospital can do, as far as a test shows it; and `docs/ledger.json`, the rows' titles."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import TypedDict

import yaml

from .claims import Claim
from .operations import Operation


class Row(TypedDict):
    """One requirement."""

    id: str
    area: str
    title: str


class UnknownRow(Exception):
    """A test claims a row that the ledger does not have."""


def read_ledger(ledger: Path) -> list[Row]:
    """The rows of the requirements ledger, which lies outside this repository."""
    rows = yaml.safe_load(ledger.read_text(encoding="utf-8"))
    return [Row(id=row["id"], area=row["area"], title=row["title"]) for row in rows]


def ledger_text(rows: list[Row]) -> str:
    """The extract as committed: a row a line, so that a difference is read at a glance."""
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def features_text(rows: list[Row], claims: list[Claim], operations: list[Operation]) -> str:
    """The page. Raises `UnknownRow`."""
    by_row: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_row[claim.row].append(claim)
    if unknown := sorted(by_row.keys() - {row["id"] for row in rows}):
        raise UnknownRow(f"not in the ledger: {', '.join(unknown)}")
    shown = [row for row in rows if row["id"] in by_row]
    text = (
        "# What the hospital can do\n\n"
        "Generated from the tests by `python -m infra.documents`: a row stands here when a test claims to show it.\n\n"
        f"{len(shown)} of {len(rows)} requirements.\n"
    )
    for area in dict.fromkeys(row["area"] for row in rows):
        listed = [row for row in shown if row["area"] == area]
        if listed:
            total = sum(row["area"] == area for row in rows)
            text += f"\n## {area} ({len(listed)} of {total})\n\n"
            text += "| Row | Feature | Page or route | Tests |\n| --- | --- | --- | --- |\n"
            text += "".join(_line(row, by_row[row["id"]], operations) for row in listed)
    return text


def _line(row: Row, claims: list[Claim], operations: list[Operation]) -> str:
    tests: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        tests[claim.file].append(claim.test)
    shown = [f"[{file}](../tests/{file}): {', '.join(names)}" for file, names in tests.items()]
    cells = [row["id"], row["title"].replace("|", "\\|"), "<br>".join(places(claims, operations)), "<br>".join(shown)]
    return f"| {' | '.join(cells)} |\n"


def places(claims: list[Claim], operations: list[Operation]) -> list[str]:
    """Where a row is found: what the marks say, the pages its tests open, the routes they call or stand beside."""
    said = {place for claim in claims for place in claim.at}
    pages = {page for claim in claims for page in claim.pages}
    use_cases = {claim.use_case for claim in claims}
    asked = {request for claim in claims for request in claim.requests}
    routes = [
        f"{operation.method.upper()} {operation.path}"
        for operation in operations
        if (operation.area, operation.use_case) in use_cases
        or any(_is_request(operation, method, path) for method, path in asked)
    ]
    return [f"`{place}`" for place in [*sorted(said), *sorted(pages), *routes]]


def _is_request(operation: Operation, method: str, path: str) -> bool:
    """Whether a path that a test spells, with `{}` for what it fills in, is that of the operation."""
    pattern = re.sub(r"{\w+}", "{}", operation.path)
    return method.lower() == operation.method and path in (pattern, pattern.removeprefix("/api"))
