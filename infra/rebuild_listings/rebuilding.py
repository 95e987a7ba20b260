"""From audit lines and sign-ins to their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hospital.caller import system
from hospital.listings import write_row
from hospital.records import from_attributes
from hospital.seals.events import LineWritten
from hospital.seals.listing import OPERATIONS
from hospital.sessions.events import SignInRecorded
from hospital.sessions.listing import SIGN_INS
from hospital.sessions.model import SignIn
from hospital.table import Table, TableName

TABLES: tuple[TableName, ...] = ("people", "clinical", "conversations", "reference")
BY = system("rebuild_listings")


def rebuild() -> tuple[int, int]:
    """(things looked at, rows written)."""
    looked = written = 0
    for item in _items():
        looked += 1
        written += _listed(from_attributes(item))
    return looked, written


def _listed(row: dict[str, Any]) -> bool:
    if row.get("row") == "audit":
        return write_row(OPERATIONS, LineWritten.of(row), BY)
    return write_row(SIGN_INS, SignInRecorded.of(SignIn.model_validate(row)), BY)


def _items() -> Iterator[dict[str, Any]]:
    for name in TABLES:
        for item in _scanned(Table(name)):
            if item.get("row") == {"S": "audit"} or item.get("kind") == {"S": SignIn.__name__}:
                yield item


def _scanned(table: Table) -> Iterable[dict[str, Any]]:
    start = None
    while True:
        answer = table.connection.scan(table.physical, exclusive_start_key=start, consistent_read=True)
        yield from answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if start is None:
            return
