"""A circuit breaker for calls to outside parties: who did not answer several times running is left alone for a while.

    with REST.through("push.example"):
        ...            # raises `Unavailable` when the party does not answer

Functions share no memory, so the count stands in the table `requests`: one read a call while all is well, a write only
when a call failed or the first one worked again. After the rest one call is let through; if it fails, the rest begins
anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from hospital import clock
from hospital.errors import Unavailable
from hospital.observability import count
from hospital.records import Key
from hospital.table import Table

_FORGET = timedelta(minutes=10)
"""Failures further apart than this have nothing to do with each other."""


@dataclass(frozen=True)
class Breaker:
    """After `most` calls of `name` that failed one after another, none is made for the time of `rest`."""

    name: str
    most: int = 5
    rest: timedelta = timedelta(seconds=60)

    @contextmanager
    def through(self, whom: str) -> Iterator[None]:
        """Make a call within the block. Raises `Unavailable` with `retry_after_seconds` while `whom` is left alone."""
        item = Table("requests").read(self._key(whom), consistent=False)
        if item is not None:
            rests_until = int(item.get("rests_until", {"N": "0"})["N"])
            if rests_until > (now := clock.epoch(clock.now())):
                raise Unavailable(adapter=self.name, reason="resting", retry_after_seconds=rests_until - now)
        try:
            yield
        except Unavailable:
            self._failed(whom)
            raise
        if item is not None:
            Table("requests").remove(self._key(whom))

    def _failed(self, whom: str) -> None:
        now = clock.now()
        failures, until = Path("failures"), Path("expires_on")
        fresh = clock.epoch(now + _FORGET)
        actions: list[Action] = [failures.add(1), until.set(fresh), Path("row").set("breaker")]
        table = Table("requests")
        item = table.update(self._key(whom), actions, when=until.does_not_exist() | (until > clock.epoch(now)))
        if item is None:  # what is counted there is long ago
            table.remove(self._key(whom))
            item = table.update(self._key(whom), actions)
        if item is not None and int(item["failures"]["N"]) >= self.most:
            table.update(self._key(whom), [Path("rests_until").set(clock.epoch(now + self.rest))])
            count("breaker_opened", party=self.name)

    def _key(self, whom: str) -> Key:
        return Key(f"BREAKER#{self.name}#{whom}", "BREAKER")
