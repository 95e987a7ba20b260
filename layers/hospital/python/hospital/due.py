"""The due-list: events that are to be reported at a time. Rows are written by `Work.due`, in its transaction."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime

from pynamodb.expressions.operand import Path

from hospital import clock
from hospital.outbox import Entry, publish
from hospital.records import Item, Key, from_attributes
from hospital.table import Table, TableName

SHARDS = 4
SWEPT: tuple[TableName, ...] = ("people", "clinical", "conversations")
_PER_ROUND = 100


def due_key(at: datetime, event_type: str, subject: str) -> Key:
    """The place of a row: spread over shards by its subject, by time within a shard."""
    shard = zlib.crc32(subject.encode()) % SHARDS
    return Key(f"DUE#{shard}", f"{clock.text(at)}#{event_type}#{subject}")


def sweep(now: datetime) -> int:
    """Report every event whose time has come; returns how many. An event may be reported twice, never not at all."""
    found = 0
    for name in SWEPT:
        table = Table(name)
        for shard in range(SHARDS):
            for rows in _due(table, shard, now):
                taken = publish([Entry.of(from_attributes(row)) for row in rows])
                for row in rows[:taken]:
                    table.remove(Key(row["pk"]["S"], row["sk"]["S"]))
                found += taken
                if taken < len(rows):
                    break
    return found


def _due(table: Table, shard: int, now: datetime) -> Iterator[list[Item]]:
    start = None
    while True:
        answer = table.connection.query(
            table.physical,
            f"DUE#{shard}",
            range_key_condition=Path("sk") < f"{clock.text(now)}~",
            limit=_PER_ROUND,
            consistent_read=True,
            exclusive_start_key=start,
        )
        if answer["Items"]:
            yield answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if start is None:
            return
