"""Items whose time to live has passed go some time later, as DynamoDB deletes them: within two days, not at once.

Until then they are read, queried and counted like any other: expiry is judged by whoever reads.

Source: Amazon DynamoDB Developer Guide, "Using time to live (TTL) in DynamoDB": numbers of epoch seconds; not older
than five years; deleted within a few days; the stream record names the service as who did it.
"""

import hashlib
import heapq
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from moto.dynamodb.models import dynamodb_backends

from .change_list import EXPIRY
from .query_index import every_item
from .units import Touch, Units, look

LONGEST_LAG = 2 * 24 * 3600.0
OLDEST = 5 * 365 * 24 * 3600.0
AT_ONCE = 50
"""Items deleted in one commit; requests get their turn between two."""

Entry = tuple[float, str, Any, Any]
"""(when it goes, a text to order by, hash key, range key)"""


class Expiry:
    """Knows of every item with an expiry when it goes; `sweep` deletes what is due by the hospital's clock."""

    def __init__(self, units: Units, clock: Callable[[], float]) -> None:
        self._units, self._clock = units, clock
        self._lag = LONGEST_LAG
        self._heaps: WeakKeyDictionary[Any, tuple[str, list[Entry]]] = WeakKeyDictionary()

    def set_lag(self, seconds: float) -> None:
        """The longest that an expired item stays; each stays for its own part of it, always the same."""
        with self._units.lock:
            self._lag = seconds
            self._heaps.clear()

    def follow(self, touches: Iterable[Touch]) -> None:
        """Takes note of what a commit wrote."""
        for touch in touches:
            known = self._heaps.get(touch.table)
            if known is not None:
                attribute, heap = known
                item = look(touch.table, touch.hash_key, touch.range_key)
                expires = _expires(item, attribute)
                if expires is not None and expires != _expires(touch.before, attribute):
                    heapq.heappush(heap, self._entry(item, expires))

    def sweep(self, most: int = 1_000) -> int:
        """Deletes up to `most` items that are due; answers how many. Raises StoreUnwritable."""
        gone = 0
        for table in _tables_with_expiry():
            while gone < most and (count := self._sweep_some(table, min(AT_ONCE, most - gone))):
                gone += count
        return gone

    def _sweep_some(self, table: Any, most: int) -> int:
        with self._units.unit() as unit:
            unit.principal = EXPIRY
            attribute, heap = self._known(table)
            count, taken = 0, []
            now = self._clock()
            while heap and heap[0][0] <= now and count < most:
                entry = heapq.heappop(heap)
                taken.append(entry)
                item = look(table, *entry[2:])
                expires = _expires(item, attribute)
                # Written anew meanwhile: there is another entry for that, or the item no longer expires.
                if expires is not None and self._entry(item, expires)[0] == entry[0] and now - expires <= OLDEST:
                    table.delete_item(*entry[2:])
                    count += 1
            unit.on_failure.append(partial(_put_back, heap, taken))
            return count

    def _known(self, table: Any) -> tuple[str, list[Entry]]:
        attribute = table.ttl["AttributeName"]
        known = self._heaps.get(table)
        if known is None or known[0] != attribute:
            found = ((item, _expires(item, attribute)) for item in every_item(table))
            heap = [self._entry(item, expires) for item, expires in found if expires is not None]
            heapq.heapify(heap)
            known = self._heaps[table] = attribute, heap
        return known

    def _entry(self, item: Any, expires: float) -> Entry:
        keys = [item.hash_key, *([] if item.range_key is None else [item.range_key])]
        text = "/".join(str(key.value) for key in keys)
        part = int.from_bytes(hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).digest()[:4], "big")
        return expires + self._lag * part / 2**32, text, item.hash_key, item.range_key


def _put_back(heap: list[Entry], taken: list[Entry]) -> None:
    """When the commit has failed: what was taken comes up again."""
    heap.extend(taken)
    heapq.heapify(heap)


def _expires(item: Any, attribute: str) -> float | None:
    value = None if item is None else item.attrs.get(attribute)
    return float(value.value) if value is not None and value.type == "N" else None


def _tables_with_expiry() -> list[Any]:
    return [
        table
        for regions in list(dynamodb_backends.values())
        for backend in list(regions.values())
        for table in list(backend.tables.values())
        if table.ttl.get("TimeToLiveStatus") == "ENABLED"
    ]
