"""The last packets of a stream, by time and bounded in bytes: what is asked for again, and what came already."""

from __future__ import annotations

from collections import deque

Kept = tuple[float, int, int, int, bytes]
"""Arrival in s, marker and payload type, timestamp, words of the extension block, and what follows its first word."""


class Ring:
    """Packets by extended sequence number for so many seconds, at most so many bytes."""

    __slots__ = ("_order", "bytes", "most_bytes", "packets", "seconds")

    def __init__(self, seconds: float = 2.0, most_bytes: int = 4_000_000) -> None:
        self.seconds = seconds
        self.most_bytes = most_bytes
        self.packets: dict[int, Kept] = {}
        self.bytes = 0
        self._order: deque[int] = deque()

    def put(self, number: int, kept: Kept) -> None:
        """Keeps a packet that is not there yet; the oldest to come leave."""
        self.packets[number] = kept
        self._order.append(number)
        self.bytes += len(kept[4])
        oldest = self.packets[self._order[0]]
        while oldest[0] < kept[0] - self.seconds or self.bytes > self.most_bytes:
            self.bytes -= len(oldest[4])
            del self.packets[self._order.popleft()]
            if not self._order:
                return
            oldest = self.packets[self._order[0]]

    def reaches(self, number: int) -> bool:
        """Whether a packet that comes late is still of the time that is kept."""
        return bool(self._order) and number > self._order[0]

    def clear(self) -> None:
        """Nothing came yet."""
        self.packets.clear()
        self._order.clear()
        self.bytes = 0
