"""How late, how often and in which order things are delivered: as badly as AWS may, by a seed, or steadily.

AWS promises at least once and, but for a stream's shard and a FIFO group, no order. Nothing here breaks what AWS
keeps: a shard's changes stay in order, FIFO queues are left alone, and nothing is lost.
"""

from __future__ import annotations

import random
import secrets
import threading
from dataclasses import dataclass
from typing import TypeVar

Entry = TypeVar("Entry")

STEADY = "steady"


@dataclass(frozen=True)
class Shares:
    """Shares of deliveries (0 to 1), and seconds up to which a late one is late."""

    doubled: float = 0.05
    late: float = 0.10
    longest: float = 2.0
    longest_in_stream: float = 0.5
    """A shard that waits holds up everything behind it."""


class Lateness:
    """One source of chance for each consumer, so that what happens to one does not shift with the others.

    The same seed and the same deliveries in the same order give the same lateness.
    """

    def __init__(self, seed: int | None, shares: Shares | None = None) -> None:
        """None: everything at once, and once."""
        self.seed, self.shares = seed, shares or Shares()
        self._chances: dict[str, random.Random] = {}
        self._lock = threading.Lock()

    @classmethod
    def read(cls, text: str | None) -> Lateness:
        """From `--deliveries`: `steady`, a seed, or nothing for a seed of its own. ValueError."""
        if text == STEADY:
            return cls(None)
        if text is None:
            return cls(secrets.randbelow(10**6))
        return cls(int(text))

    def said(self) -> str:
        """For the person at the keyboard."""
        if self.seed is None:
            return "deliveries: steady, at once and in order"
        return (
            f"deliveries: late, doubled and out of order, as in the cloud (again so: --deliveries {self.seed},"
            f" kindly: --deliveries {STEADY})"
        )

    def delay(self, consumer: str) -> float:
        """Seconds by which the next delivery to `consumer` is late; mostly 0."""
        return self._delay(consumer, self.shares.longest)

    def delay_of_shard(self, consumer: str) -> float:
        """The same for a stream's next batch."""
        return self._delay(consumer, self.shares.longest_in_stream)

    def is_doubled(self, consumer: str) -> bool:
        """Whether the next delivery comes twice."""
        return self.seed is not None and self._draw(consumer) < self.shares.doubled

    def echo(self, consumer: str) -> float | None:
        """Seconds after which the next delivery comes a second time; mostly None."""
        if not self.is_doubled(consumer):
            return None
        return self._draw(consumer) * self.shares.longest

    def mix(self, consumer: str, entries: list[Entry]) -> list[Entry]:
        """The entries in the order in which they arrive."""
        if self.seed is None or len(entries) < 2:
            return entries
        with self._lock:
            return self._chance(consumer).sample(entries, len(entries))

    def _delay(self, consumer: str, longest: float) -> float:
        if self.seed is None or self._draw(consumer) >= self.shares.late:
            return 0.0
        return self._draw(consumer) * longest

    def _draw(self, consumer: str) -> float:
        with self._lock:
            return self._chance(consumer).random()

    def _chance(self, consumer: str) -> random.Random:
        if consumer not in self._chances:
            self._chances[consumer] = random.Random(f"{self.seed}/{consumer}")
        return self._chances[consumer]
