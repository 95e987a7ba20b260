"""Capacity units used, counted by function, operation and table: for benchmarks, budgets and the sandbox's page."""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .capacity import Bill


@dataclass
class Count:
    """What one function used with one operation on one table. Units hold the table's and its indexes'."""

    function: str
    operation: str
    table: str
    calls: int = 0
    reads: float = 0.0
    writes: float = 0.0
    throttled: int = 0
    conflicts: int = 0

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


class Meter:
    """Counts from start or the last `reset`. `caller` names the function that runs on this thread, None outside."""

    def __init__(self) -> None:
        self.caller: Callable[[], str | None] = lambda: None
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str], Count] = {}

    def note(self, operation: str, bill: Bill) -> None:
        """A call was answered, or failed after it was billed."""
        with self._lock:
            for table, use in bill.tables.items():
                count = self._count(operation, table)
                count.calls += 1
                count.reads += use.all_reads
                count.writes += use.all_writes

    def note_throttled(self, operation: str, table: str) -> None:
        """A call, or a part of it, was refused for want of capacity."""
        with self._lock:
            self._count(operation, table).throttled += 1

    def note_conflict(self, operation: str, table: str) -> None:
        """A call, or a part of it, met a running transaction."""
        with self._lock:
            self._count(operation, table).conflicts += 1

    def counts(self) -> list[Count]:
        """Copies, by function, operation and table."""
        with self._lock:
            return [Count(**asdict(self._counts[key])) for key in sorted(self._counts)]

    def totals(self) -> tuple[float, float]:
        """(read units, write units) of everything."""
        counts = self.counts()
        return sum(count.reads for count in counts), sum(count.writes for count in counts)

    def reset(self) -> None:
        """Begins anew."""
        with self._lock:
            self._counts.clear()

    def _count(self, operation: str, table: str) -> Count:
        key = self.caller() or "", operation, table
        return self._counts.setdefault(key, Count(*key))
