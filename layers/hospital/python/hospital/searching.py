"""Searching a listing: newest first, month by month, with a budget for what one request may read.

Who and number are looked up by index; everything else filters what was read. A search that used up its budget says
how far it came and where to go on, however few it found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from hospital import clock
from hospital.listings import DAY_ZONE, Row, month_of, month_pk, number_pk, person_pk, rows
from hospital.paging import CursorUnknown, decode_cursor, encode_cursor
from hospital.records import Item

READS = 8  # queries of one request
PER_READ = 250  # items of one query: well under its 1 MB
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_POSITION = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#")
T = TypeVar("T")


class Found(BaseModel, Generic[T]):
    """Some items, newest first; the cursor to go on with, or null at the end; and how far back was searched."""

    items: list[T]
    cursor: str | None = None
    searched_to: datetime


@dataclass(frozen=True)
class Search:
    """What is looked for. `facts` and `label` filter; `who` or `number` narrow it down first."""

    organisation_id: str
    listing: str
    since: datetime
    until: datetime
    who: str = ""
    number: str = ""
    label: str = ""
    facts: dict[str, str] = field(default_factory=dict)

    def page(self, cursor: str | None, limit: int) -> Found[Row]:
        """The next `limit` rows at most."""
        place, after = self._start(cursor)
        found: list[Item] = []
        for _ in range(READS):
            if place is None:
                break
            room = limit - len(found)
            items, after = self._read(place, after, room)
            if len(items) > room or (len(items) == room and after):
                found += items[:room]
                return self._found(found, place, self._position(found[-1]))
            found += items
            if after is None:
                place = self._next(place)
            if place is not None and len(found) == limit:
                break
        if place is None:
            return Found(items=[rows.from_item(item) for item in found], searched_to=self.since)
        return self._found(found, place, after)

    # -- places: a month's partition, or the one partition of an index --------------------------------------------

    @property
    def _index(self) -> str | None:
        return "list1" if self.who else "list2" if self.number else None

    def _start(self, cursor: str | None) -> tuple[str | None, str | None]:
        if cursor is None:
            return (month_of(self.until) if self._index is None else "index"), None
        place, after = decode_cursor(cursor, 2)
        if (place == "index") != (self._index is not None):
            raise CursorUnknown
        if self._index is None and not (
            _MONTH.fullmatch(place) and month_of(self.since) <= place <= month_of(self.until)
        ):
            raise CursorUnknown
        if after == "-":
            return place, None
        if not _POSITION.match(after) or not clock.text(self.since) <= after <= f"{clock.text(self.until)}~":
            raise CursorUnknown  # of another range of time
        return place, after

    def _next(self, place: str) -> str | None:
        if place == "index" or place <= month_of(self.since):
            return None
        year, month = int(place[:4]), int(place[5:7])
        return f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"

    def _partition(self, place: str) -> str:
        if self.who:
            return person_pk(self.organisation_id, self.listing, self.who)
        if self.number:
            return number_pk(self.organisation_id, self.listing, self.number)
        return month_pk(self.organisation_id, self.listing, place)

    def _read(self, place: str, after: str | None, room: int) -> tuple[list[Item], str | None]:
        """(what fits, of one query; the position of the last item read if there may be more)."""
        sort = Path(f"{self._index}sk" if self._index else "sk")
        last = after or f"{clock.text(self.until + timedelta(milliseconds=1))}"
        table = rows.table
        answer = table.connection.query(
            table.physical,
            self._partition(place),
            range_key_condition=sort.between(clock.text(self.since), last),
            filter_condition=self._filter(after, sort),
            index_name=self._index,
            limit=PER_READ if self._filters else min(PER_READ, room + 1),  # the last one that was read comes again
            scan_index_forward=False,
            consistent_read=self._index is None,
        )
        more: Any = answer.get("LastEvaluatedKey")
        return answer["Items"], (more[f"{self._index}sk" if self._index else "sk"]["S"] if more else None)

    @property
    def _filters(self) -> bool:
        return bool(self.label or self.facts or (self.who and self.number))

    def _filter(self, after: str | None, sort: Path) -> Condition | None:
        wanted: list[Condition] = []
        if self.label:
            wanted.append(Path("label") == self.label)
        if self.who and self.number:
            wanted.append(Path("number") == self.number)
        wanted += [Path(["facts", name]) == value for name, value in self.facts.items()]
        if after:
            wanted.append(Path("id") != after.partition("#")[2])  # the last one that was read; the range includes it
        met = None
        for condition in wanted:
            met = condition if met is None else met & condition
        return met

    def _position(self, item: Item) -> str:
        return str(item[f"{self._index}sk" if self._index else "sk"]["S"])

    def _found(self, items: list[Item], place: str, after: str | None) -> Found[Row]:
        reached = clock.moment(after.partition("#")[0]) if after else self.until
        if after is None and place != "index":  # this month was not begun yet
            year, month = int(place[:4]), int(place[5:7])
            following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=DAY_ZONE)
            reached = min(self.until, following)
        cursor = encode_cursor(place, after or "-")
        return Found(items=[rows.from_item(item) for item in items], cursor=cursor, searched_to=reached)
