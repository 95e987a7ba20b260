"""Which requests are under way at once, and which of them meet on an item: DynamoDB's transaction conflicts.

One lock carries requests out one after another, but a request is under way from when it comes in until its answer
leaves, and that is when DynamoDB holds the items of a transaction. So callers at the same time conflict here as there.

Source: Amazon DynamoDB Developer Guide, "Amazon DynamoDB Transactions: How it works", section on conflicts.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

ItemName = tuple[str, str, str]
"""(table, hash key, range key) as text."""

Kind = Literal["read", "write", "transactional read", "transaction"]


@dataclass
class Flight:
    """One request under way. `met` has a mark for each of its items: was that item held by another request?"""

    kind: Kind
    items: Sequence[ItemName | None]
    token: str | None = None
    met: list[bool] = field(default_factory=list)
    repeats_one_under_way: bool = False

    @property
    def conflicts(self) -> bool:
        """Must it be refused, as a whole or (a batch) in part?"""
        return any(self.met)


class Contention:
    """Who comes first holds; who comes while it is held is refused, whichever of them the lock lets in first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Counter[ItemName] = Counter()
        self._written: Counter[ItemName] = Counter()
        self._tokens: set[str] = set()

    @contextmanager
    def under_way(self, flight: Flight) -> Iterator[Flight]:
        """For the length of the request: notes what it meets, and lets others meet it unless it is refused."""
        holds = self._enter(flight)
        try:
            yield flight
        finally:
            if holds is not None:
                self._leave(flight, holds)

    def _enter(self, flight: Flight) -> Counter[ItemName] | None:
        with self._lock:
            flight.repeats_one_under_way = flight.token in self._tokens
            if flight.kind != "read":
                both = flight.kind == "transactional read"
                flight.met = [item is not None and self._is_met(item, both) for item in flight.items]
            if flight.repeats_one_under_way or flight.kind in ("read", "transactional read"):
                return None
            if flight.kind == "transaction" and flight.conflicts:
                return None
            holds = self._held if flight.kind == "transaction" else self._written
            holds.update(item for item in flight.items if item is not None)
            if flight.token:
                self._tokens.add(flight.token)
            return holds

    def _is_met(self, item: ItemName, by_plain_writes_too: bool) -> bool:
        return item in self._held or (by_plain_writes_too and item in self._written)

    def _leave(self, flight: Flight, holds: Counter[ItemName]) -> None:
        with self._lock:
            for item in flight.items:
                if item is not None:
                    holds[item] -= 1
                    if not holds[item]:
                        del holds[item]
            if flight.token:
                self._tokens.discard(flight.token)
