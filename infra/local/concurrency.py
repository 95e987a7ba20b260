"""How many calls run at a time: Lambda's limit for the account, and what functions reserve of it.

A call that comes when the limit is reached is refused with TooManyRequestsException. Whoever calls for a person hears
that at once; event sources keep the event and wait.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

ACCOUNT_LIMIT = 1000
"""Concurrent executions that an account has by default."""

UNRESERVED_LEAST = 100
"""What Lambda keeps for the functions that reserve nothing."""


class Throttled(Exception):
    """Lambda takes no further call of this function now. `reason` is the one of its TooManyRequestsException."""

    def __init__(self, function: str, reason: str) -> None:
        self.function, self.reason = function, reason
        super().__init__(f"{function}: Rate Exceeded ({reason})")


class Slot:
    """The right to run once. Give it back when the call has ended, however often."""

    def __init__(self, concurrency: Concurrency, pool: str) -> None:
        self._concurrency, self._pool = concurrency, pool
        self._held = True

    def give_back(self) -> None:
        """The next call may come."""
        with self._concurrency.changed:
            if self._held:
                self._held = False
                self._concurrency.running[self._pool] -= 1
                self._concurrency.changed.notify_all()


class Concurrency:
    """`reserved` by function name; all other functions share what is left of the account's limit."""

    def __init__(self, reserved: Mapping[str, int], account: int = ACCOUNT_LIMIT) -> None:
        self._reserved = dict(reserved)
        self._shared = account - sum(self._reserved.values())
        self.running: Counter[str] = Counter()
        self.changed = threading.Condition()

    def take(self, function: str) -> Slot:
        """A slot now. Throttled."""
        with self.changed:
            return self._taken(function)

    def wait(self, function: str) -> Slot:
        """A slot, as soon as there is one."""
        with self.changed:
            while True:
                try:
                    return self._taken(function)
                except Throttled:
                    self.changed.wait()

    def _taken(self, function: str) -> Slot:
        reserves = function in self._reserved
        pool, limit = (function, self._reserved[function]) if reserves else ("", self._shared)
        if self.running[pool] >= limit:
            scope = "ReservedFunction" if reserves else ""
            raise Throttled(function, f"{scope}ConcurrentInvocationLimitExceeded")
        self.running[pool] += 1
        return Slot(self, pool)
