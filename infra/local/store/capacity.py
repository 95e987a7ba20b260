"""Capacity units by AWS's rules.

A read unit is 4 KB read with strong consistency; half of it with eventual consistency, two in a transaction. A write
unit is 1 KB; two in a transaction. Every index that a write changes costs its own writes, two when the item moves
inside the index; these are not doubled in a transaction, since indexes follow afterwards.

Source: Amazon DynamoDB Developer Guide, "DynamoDB read and write operations", "Using global secondary indexes in
DynamoDB" (write throughput considerations), "Amazon DynamoDB Transactions: How it works" (capacity management);
"Condition expressions" (a write whose condition fails is billed).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .paging import entry_size, projected
from .query_index import index_keys
from .sizes import item_size
from .units import Touch, look

READ_BYTES, WRITE_BYTES = 4096, 1024


def read_units(size: int, consistent: bool) -> float:
    """Units for one item, or for all items together that a query or scan looked at; nothing found costs as 1 byte."""
    return (max(1, -(-size // READ_BYTES))) * (1.0 if consistent else 0.5)


def write_units(size: int) -> float:
    """Units to write one item of that size."""
    return float(max(1, -(-size // WRITE_BYTES)))


@dataclass
class TableUse:
    """Units that one call used of one table, its indexes by name."""

    reads: float = 0.0
    writes: float = 0.0
    index_reads: dict[str, float] = field(default_factory=dict)
    index_writes: dict[str, float] = field(default_factory=dict)

    @property
    def all_reads(self) -> float:
        """Of the table and its indexes."""
        return self.reads + sum(self.index_reads.values())

    @property
    def all_writes(self) -> float:
        """Of the table and its indexes."""
        return self.writes + sum(self.index_writes.values())

    def add_write(self, table: Any, before: Any, after: Any, times: int = 1) -> float:
        """One item written: `times` is 2 in a transaction. Answers the units of the table alone."""
        sizes = [item_size(item) for item in (before, after) if item is not None]
        units = write_units(max(sizes, default=0)) * times
        self.writes += units
        for index in table.all_indexes():
            cost = index_write_units(table, index, before, after)
            if cost:
                self.index_writes[index.name] = self.index_writes.get(index.name, 0.0) + cost
        return units


@dataclass
class Bill:
    """Units that one call used, by table."""

    tables: dict[str, TableUse] = field(default_factory=dict)

    def of(self, table: Any) -> TableUse:
        """The part of one table."""
        return self.tables.setdefault(table.name, TableUse())

    def add_touches(self, touches: Iterable[Touch], times: int = 1) -> None:
        """Everything a unit of work wrote."""
        for touch in touches:
            after = look(touch.table, touch.hash_key, touch.range_key)
            self.of(touch.table).add_write(touch.table, touch.before, after, times)

    def answer(self, level: str, transactional: bool = False) -> list[dict[str, Any]]:
        """`ConsumedCapacity` of the tables as the API answers it at level TOTAL or INDEXES."""
        return [_answer(name, use, level, transactional) for name, use in self.tables.items()]


def index_write_units(table: Any, index: Any, before: Any, after: Any) -> float:
    """Units that a write costs one index: nothing, one write, or two when the item's index key changes."""
    old, new = _entry(index, before), _entry(index, after)
    if old is None and new is None:
        return 0.0
    if old is None or new is None:
        return write_units(entry_size(table, index.name, after if old is None else before))
    if old != new:
        return sum(write_units(entry_size(table, index.name, item)) for item in (before, after))
    names = projected(table, index.name)
    if _seen(before, names) == _seen(after, names):
        return 0.0
    return write_units(max(entry_size(table, index.name, item) for item in (before, after)))


def _entry(index: Any, item: Any) -> tuple[Any, ...] | None:
    if item is None:
        return None
    keys = [name for name in index_keys(index.schema) if name is not None]
    if any(name not in item.attrs for name in keys):
        return None
    return tuple((item.attrs[name].type, item.attrs[name].cast_value) for name in keys)


def _seen(item: Any, names: frozenset[str] | None) -> dict[str, Any]:
    attributes = item.attrs.items()
    return {name: (value.type, value.cast_value) for name, value in attributes if names is None or name in names}


def _answer(name: str, use: TableUse, level: str, transactional: bool) -> dict[str, Any]:
    def units(reads: float, writes: float) -> dict[str, float]:
        shown = {"CapacityUnits": reads + writes}
        if transactional and reads:
            shown["ReadCapacityUnits"] = reads
        if transactional and writes:
            shown["WriteCapacityUnits"] = writes
        return shown

    answer: dict[str, Any] = {"TableName": name, **units(use.all_reads, use.all_writes)}
    if level == "INDEXES":
        answer["Table"] = units(use.reads, use.writes)
        names = sorted({*use.index_reads, *use.index_writes})
        if names:
            answer["GlobalSecondaryIndexes"] = {
                index: units(use.index_reads.get(index, 0.0), use.index_writes.get(index, 0.0)) for index in names
            }
    return answer
