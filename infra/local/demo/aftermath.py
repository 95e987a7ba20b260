"""What the audit's own consumers would have made of a history: sealed blocks, and rows of the searchable lists.

The sealer and the listings see a table's lines through its stream, which a manuscript has not. So their own models are
asked here, once, for everything. Anchors are left to the first night.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hospital import clock
from hospital.listings import DAY_ZONE, Row, rows, totals, totals_pk
from hospital.records import Key, from_attributes, to_attributes
from hospital.seals.events import LineWritten
from hospital.seals.listing import operation_row
from hospital.seals.model import LINES_PER_BLOCK, Head, KnownLine, SealedLine
from hospital.seals.store import blocks, heads, known_lines
from hospital.sessions.events import SignInRecorded
from hospital.sessions.listing import sign_in_row
from hospital.sessions.store import sign_ins
from hospital.settings import current
from hospital.table import Collection

from .manuscript import Item, Manuscript

_SEALED_AFTER = timedelta(seconds=60)
_SHARDS = 4


def seal_and_list(manuscript: Manuscript) -> None:
    """All lines that stand in the tables. Within `Manuscript.written`."""
    chains: dict[str, list[Item]] = defaultdict(list)
    for item in list(_lines(manuscript)):
        chains[item["line_chain"]["S"]].append(item)
    for chain, items in chains.items():
        _seal(chain, sorted(items, key=lambda item: (item["line_at"]["S"], item["pk"]["S"], item["sk"]["S"])))
        _list(items)


def _lines(manuscript: Manuscript) -> Iterator[Item]:
    for table in list(manuscript.tables.values()):
        for partition in list(table.by_key.values()):
            yield from (item for item in partition.values() if "line_subject" in item)


def _seal(chain: str, items: list[Item]) -> None:
    """Blocks as full as they may be, each sealed a minute after its last line."""
    algorithm, head = current().audit_algorithm, Head(id=chain)
    lines = [SealedLine.of(item["line_subject"]["S"].partition(":")[0], item, algorithm) for item in items]
    for line in lines:
        _keep(known_lines, KnownLine.of(chain, line))
    for start in range(0, len(lines), LINES_PER_BLOCK):
        part = lines[start : start + LINES_PER_BLOCK]
        block = head.next_block(part, clock.moment(part[-1].at) + _SEALED_AFTER, algorithm)
        head = head.after(block).having(version=head.version + 1)
        _keep(blocks, block)
    _keep(heads, head)


def _list(items: list[Item]) -> None:
    """A row of the operations log for each audit line, of the sign-in log for each sign-in, and the days' totals."""
    counted: Counter[tuple[str, str, str, str, int]] = Counter()
    for item in items:
        row = _row_of(item)
        if row is not None:
            _keep(rows, row)
            day = row.at.astimezone(DAY_ZONE).strftime("%Y-%m-%d")
            counted[row.organisation_id, row.listing, day, row.label, zlib.crc32(row.id.encode()) % _SHARDS] += 1
    for (organisation_id, listing, day, label, shard), count in counted.items():
        name = f"{day}#{label}"
        key = Key(totals_pk(organisation_id, listing, day[:7]), f"{name}#{shard}")
        totals.table.put(key, to_attributes({"id": name, "day": day, "label": label, "count": count}))


def _row_of(item: Item) -> Row | None:
    if item["row"]["S"] == "audit":
        return operation_row(LineWritten.of(from_attributes(item)))
    if item["kind"]["S"] == "SignIn":
        return sign_in_row(SignInRecorded.of(sign_ins.from_item(item)))
    return None


def _keep(collection: Collection[Any], record: Any) -> None:
    stored = record.having(version=record.version or 1)
    collection.table.put(collection.key(stored), collection.to_item(stored))
