"""Indexes that follow their table only after a while, as DynamoDB's do: off unless asked for (`faults.lag_indexes`).

Source: Amazon DynamoDB Developer Guide, "Using Global Secondary Indexes in DynamoDB": indexes are updated eventually.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from .units import Touch

KeyPair = tuple[Any, Any]


class IndexLag:
    """Remembers what commits of the last `seconds` replaced, so that an index can be queried as it was before."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.seconds = 0.0
        self._monotonic = monotonic
        self._recent: deque[tuple[float, Touch]] = deque()

    def follow(self, touches: Iterable[Touch]) -> None:
        """Takes note of a commit; with the store's lock held."""
        if self.seconds:
            now = self._monotonic()
            self._recent.extend((now, touch) for touch in touches)

    def before(self, table: Any) -> dict[KeyPair, Any]:
        """What an index of the table does not know yet: keys, with the item that it still holds (None: none)."""
        oldest = self._monotonic() - self.seconds
        while self._recent and self._recent[0][0] <= oldest:
            self._recent.popleft()
        found: dict[KeyPair, Any] = {}
        for _, touch in self._recent:
            if touch.table is table:
                found.setdefault((touch.hash_key, touch.range_key), touch.before)
        return found
