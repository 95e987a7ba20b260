"""Counting limits: so many in so long, for one who. Windows stand fixed on the clock, so the count is one item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pynamodb.expressions.operand import Path

from hospital import clock
from hospital.errors import TooMany
from hospital.records import Key
from hospital.table import Table


@dataclass(frozen=True)
class Limit:
    """`most` uses of `name` per `window`. `refusal` is the error that says so."""

    name: str
    most: int
    window: timedelta
    refusal: type[TooMany] = TooMany

    def take(self, who: str) -> int:
        """Use one; returns how many are left. Raises `refusal` with `retry_after_seconds` when none was."""
        now = clock.now()
        seconds = int(self.window.total_seconds())
        window = clock.epoch(now) // seconds
        ends = (window + 1) * seconds
        used = Path("used")
        item = None
        if self.most > 0:
            item = Table("requests").update(
                self._key(who, window),
                [used.add(1), Path("expires_on").set(ends), Path("row").set("limit")],
                when=used.does_not_exist() | (used < self.most),
            )
        if item is None:
            raise self.refusal(retry_after_seconds=max(1, ends - clock.epoch(now)))
        return self.most - int(item["used"]["N"])

    def give_back(self, who: str) -> None:
        """What was taken a moment ago turned out not to count: for limits that count failures only."""
        window = clock.epoch(clock.now()) // int(self.window.total_seconds())
        used = Path("used")
        Table("requests").update(self._key(who, window), [used.add(-1)], when=used > 0)

    def _key(self, who: str, window: int) -> Key:
        return Key(f"LIMIT#{self.name}#{who}", f"{window}")
