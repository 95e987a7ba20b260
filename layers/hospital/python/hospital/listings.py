"""Lists that are searched by many fields: one flat row per thing, fed by events, in the table `listings`.

A subject declares what a row holds of its event, once; everything else is here:

    OPERATIONS = Listing("operations", LineWritten, row=operation_row)

| who asks | key or list |
| --- | --- |
| the things of an organisation in a month, by time | `<organisation>#<listing>#2026-11 / <time>#<id>` |
| those of a person | list `of_person`: `<organisation>#<listing>#PERSON#<who> / <time>#<id>` |
| those with a number | list `of_number`: `<organisation>#<listing>#NUMBER#<number> / <time>#<id>` |
| how many on each day | `TOTALS#<organisation>#<listing>#2026-11 / <day>#<label>#<shard>` |

Everything here can be made again from the tables where the things themselves are. No patient's text is in it.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Generic, TypeVar

from pydantic import Field
from pynamodb.expressions.operand import Path

from hospital import clock
from hospital.audit import PLATFORM
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.events import Event
from hospital.records import Key, Record
from hospital.table import Collection
from hospital.work import Work, decided_again

E = TypeVar("E", bound=Event)
DAY_ZONE = timezone(timedelta(hours=8), "Asia/Shanghai")  # days and months as the clinic counts them
_SHARDS = 4  # of a day's counter: a whole hospital adds to it


class Row(Record):
    """One thing in a listing. `who` is a member of staff's role or a person, `number` what the thing is known by,
    `label` what the day's totals tell apart, `facts` the other fields that one may filter by or is shown."""

    listing: str
    organisation_id: str
    at: datetime
    sequence: int
    who: str = ""
    number: str = ""
    label: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)


class Total(Record):
    """How many things with that label there were on a day: one of several counters. `id` is day and label."""

    day: str
    label: str
    count: int = 0


@dataclass(frozen=True)
class Listing(Generic[E]):
    """A kind of row: the event that feeds it, and what of the event it holds. `at` of a thing must never change."""

    kind: str
    event: type[E]
    row: Callable[[E], Row]


class RowsListedBefore(Exception):
    """There is a row of this thing."""


def month_of(at: datetime) -> str:
    """`2026-11`, as the clinic counts."""
    return at.astimezone(DAY_ZONE).strftime("%Y-%m")


def month_pk(organisation_id: str, listing: str, month: str) -> str:
    """The partition of a month."""
    return f"{organisation_id or PLATFORM}#{listing}#{month}"


def person_pk(organisation_id: str, listing: str, who: str) -> str:
    """The index partition of a person."""
    return f"{organisation_id or PLATFORM}#{listing}#PERSON#{who}"


def number_pk(organisation_id: str, listing: str, number: str) -> str:
    """The index partition of a number."""
    return f"{organisation_id or PLATFORM}#{listing}#NUMBER#{number}"


def totals_pk(organisation_id: str, listing: str, month: str) -> str:
    """The partition of a month's totals."""
    return f"TOTALS#{organisation_id or PLATFORM}#{listing}#{month}"


def _position(row: Row) -> str:
    return f"{clock.text(row.at)}#{row.id}"


# Not audited: rows tell of things that have audit lines of their own.
rows = Collection(
    Row,
    "listings",
    key=lambda row: Key(month_pk(row.organisation_id, row.listing, month_of(row.at)), _position(row)),
    lists={
        "of_person": lambda row: (
            Key(person_pk(row.organisation_id, row.listing, row.who), _position(row)) if row.who else None
        ),
        "of_number": lambda row: (
            Key(number_pk(row.organisation_id, row.listing, row.number), _position(row)) if row.number else None
        ),
    },
    audited=False,
)
totals = Collection(Total, "listings", key=lambda total: Key("TOTALS", total.id), audited=False)


def write_row(listing: Listing[E], event: E, by: Caller) -> bool:
    """Put what the event tells into the listing, unless something newer stands there; whether it changed anything.

    Doubled, late and disordered events end in the same row and the same totals.
    """
    row = listing.row(event)
    return decided_again(lambda: _written(row, by))


def write_new_rows(told: Sequence[tuple[Listing[Any], Any]], by: Caller) -> None:
    """Put what many events tell into their listings, in one transaction: at most 40 of them.

    Raises `RowsListedBefore`, and writes nothing, when one of them is there already: then each is looked at.
    """
    newest: dict[Key, Row] = {}
    for listing, event in told:
        row = listing.row(event)
        if (held := newest.get(rows.key(row))) is None or held.sequence < row.sequence:
            newest[rows.key(row)] = row
    with Work(by=by) as work:
        for row in newest.values():
            work.add(rows, row, otherwise=RowsListedBefore())
        _count(work, [(row, 1) for row in newest.values()])


def _written(row: Row, by: Caller) -> bool:
    try:
        with Work(by=by) as work:
            work.add(rows, row, otherwise=RowsListedBefore())
            _count(work, [(row, 1)])
    except RowsListedBefore:
        before = rows.need(rows.key(row))
        if before.sequence >= row.sequence:
            return False
        with Work(by=by) as work:
            work.change(rows, before, row)
            if before.label != row.label:
                _count(work, [(before, -1), (row, 1)])
    return True


def _count(work: Work, changes: Sequence[tuple[Row, int]]) -> None:
    """Add to the counters of the rows' days and labels; each counter once."""
    added: Counter[tuple[str, str, str, int]] = Counter()
    for row, by in changes:
        day = row.at.astimezone(DAY_ZONE).strftime("%Y-%m-%d")
        shard = zlib.crc32(row.id.encode()) % _SHARDS
        added[totals_pk(row.organisation_id, row.listing, day[:7]), day, row.label, shard] += by
    for (pk, day, label, shard), by in added.items():
        name, counted = f"{day}#{label}", totals["count"]
        names = [totals["id"].set(name), totals["day"].set(day), totals["label"].set(label)]
        always = Path("pk").does_not_exist() | Path("pk").exists()
        work.update(
            totals, Key(pk, f"{name}#{shard}"), [counted.add(by), *names], when=always, otherwise=ChangedMeanwhile()
        )


def day_totals(organisation_id: str, listing: str, month: str) -> dict[str, dict[str, int]]:
    """Day -> label -> how many, of a month (`2026-11`)."""
    found: dict[str, dict[str, int]] = {}
    first, last, complete = f"{month}-", f"{month}-~", False
    while not complete:
        counters, complete = totals.between(totals_pk(organisation_id, listing, month), first, last, limit=500)
        for counter in counters:
            day = found.setdefault(counter.day, {})
            day[counter.label] = day.get(counter.label, 0) + counter.count
        if not complete:
            first = f"{counters[-1].id}#{_SHARDS}"
    return found
