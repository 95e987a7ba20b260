"""What goes wrong on demand: throttling, conflicts, failing servers, lost answers. For tests, drills and `/sandbox`.

    store.faults.cause("throttle", "dev-clinical", {"PutItem"}, times=2)    # the next two
    store.faults.cause("conflict", share=0.1)                   # every tenth write, drawn from the seed
    store.faults.cause("lose answer", "dev-clinical", times=1)  # written, but the caller hears a 500
    store.faults.cause("kill", share=0.01)                      # written, and the function that asked is no more
    store.faults.limit_partitions()                             # AWS's 1,000 writes and 3,000 reads a second
    store.faults.lag_indexes(2.0)                               # indexes know a write only after two seconds
    store.faults.clear()

A call that several tables serve (a batch, a transaction) is refused for the items of the table that is meant.
"""

import random
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from .contention import ItemName
from .index_lag import IndexLag

Trouble = Literal["throttle", "conflict", "fail", "lose answer", "kill"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)

PARTITION_READS, PARTITION_WRITES = 3000.0, 1000.0
"""Capacity units per second that one partition key is good for (Developer Guide, "Designing partition keys")."""

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})


class FunctionKilled(BaseException):
    """The machine of a function is gone: it does nothing more."""


@dataclass(eq=False)
class Fault:
    """One thing that goes wrong. `times` counts down, None is for ever; `met` counts how often it struck."""

    trouble: Trouble
    table: str | None
    operations: frozenset[str] | None
    times: int | None
    share: float
    met: int = 0

    def fits(self, trouble: Trouble, table: str, operation: str) -> bool:
        """Could it strike here?"""
        if self.trouble != trouble or self.times == 0 or self.table not in (None, table):
            return False
        return self.operations is None or operation in self.operations


class Faults:
    """Empty at start: nothing goes wrong by itself. Safe to change while requests run."""

    def __init__(self, seed: int = 0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._random = random.Random(seed)
        self._faults: list[Fault] = []
        self._monotonic = monotonic
        self.index_lag = IndexLag(monotonic)
        self._limits: tuple[float, float] | None = None
        self._used: dict[tuple[str, str], tuple[int, float, float]] = {}

    # ---- what shall go wrong ----
    def cause(
        self,
        trouble: Trouble,
        table: str | None = None,
        operations: Iterable[str] | None = None,
        *,
        times: int | None = None,
        share: float = 1.0,
    ) -> Fault:
        """From now on this happens, on one table or all, to some operations or all, so many times or for ever.

        `throttle`: capacity is exceeded (`ThrottlingException`, on provisioned tables
        `ProvisionedThroughputExceededException`; a reason in a transaction, unprocessed items in a batch).
        `conflict`: writes meet another transaction, beside those that really do. `fail`: `InternalServerError`, nothing
        done. `lose answer`: the same answer, and it is done. `kill`: it is done, and the function that asked for it
        dies at that place, as Lambda's may at any.
        """
        fault = Fault(trouble, table, None if operations is None else frozenset(operations), times, share)
        with self._lock:
            self._faults = [each for each in self._faults if each.times != 0] + [fault]
        return fault

    def limit_partitions(self, reads: float = PARTITION_READS, writes: float = PARTITION_WRITES) -> None:
        """From now on one partition key takes no more units than these in a second."""
        with self._lock:
            self._limits = reads, writes

    def lag_indexes(self, seconds: float) -> None:
        """Queries of an index answer as it was `seconds` ago; what was written before this call is known already."""
        self.index_lag.seconds = seconds

    def withdraw(self, fault: Fault) -> None:
        """It no longer happens."""
        with self._lock:
            self._faults = [each for each in self._faults if each is not fault]

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._faults, self._limits, self._used = [], None, {}
            self.index_lag.seconds = 0.0

    def active(self) -> list[Fault]:
        """What may still strike."""
        with self._lock:
            return [fault for fault in self._faults if fault.times != 0]

    # ---- what the store asks ----
    def strikes(self, trouble: Trouble, table: str, operation: str) -> bool:
        """Does this trouble come over an operation on one table, now? Asking uses a fault up."""
        if not self._faults:
            return False
        with self._lock:
            for fault in self._faults:
                if fault.fits(trouble, table, operation) and self._random.random() < fault.share:
                    fault.met += 1
                    if fault.times is not None:
                        fault.times -= 1
                    return True
        return False

    def is_exhausted(self, item: ItemName | None, operation: str) -> bool:
        """Has the partition of an item had its units of this second?"""
        if self._limits is None or item is None:
            return False
        with self._lock:
            second, reads, writes = self._used.get(item[:2], (0, 0.0, 0.0))
            if second != int(self._monotonic()):
                return False
            return writes >= self._limits[1] if operation in WRITES else reads >= self._limits[0]

    def use(self, item: ItemName | None, reads: float, writes: float) -> None:
        """Counts units towards the limit of the item's partition."""
        if self._limits is None or item is None:
            return
        now = int(self._monotonic())
        with self._lock:
            second, read, written = self._used.get(item[:2], (now, 0.0, 0.0))
            if second != now:
                read = written = 0.0
            self._used[item[:2]] = now, read + reads, written + writes
