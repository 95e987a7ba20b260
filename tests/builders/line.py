"""A bad network line, seeded: loss at random or in bursts, delay, jitter that overtakes or not, a rate with a queue.

Sans-IO: it is told when a datagram of so many bytes sets out and says when it arrives. Loss in bursts is Gilbert's
model (E. N. Gilbert, "Capacity of a Burst-Noise Channel", 1960) with a bad state in which all is lost.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class LineShape:
    """One direction of a line. Times in seconds, `loss` as a share of 1, `rate` in bit/s (0: no limit).

    `burst` is the mean length of a run of lost datagrams: 1 is loss at random. With `overtaking` jitter changes the
    order, as several ways through a network do; without it a late datagram holds up those behind it, as a queue does.
    What would wait longer than `queue` for a line of limited rate is lost.
    """

    loss: float = 0.0
    burst: float = 1.0
    delay: float = 0.0
    jitter: float = 0.0
    overtaking: bool = True
    rate: float = 0.0
    queue: float = 0.3

    def __post_init__(self) -> None:
        if self.burst > 1 and self.burst * (1 - self.loss) < self.loss:
            raise ValueError("runs that short cannot lose that much: a good run would have no datagram")


CLEAN = LineShape()


class Line:
    """One direction of one leg. `shape` may be changed while it runs: a network that gets worse in mid-call."""

    def __init__(self, shape: LineShape, seed: int) -> None:
        self.shape = shape
        self.sent = self.lost = 0
        self._random = random.Random(seed)
        self._in_burst = False
        self._free_at = self._last = 0.0

    def take(self, size: int, at: float) -> float | None:
        """When a datagram of `size` bytes that sets out at `at` arrives; None if it never does."""
        self.sent += 1
        set_out = self._through_the_queue(size, at)
        if set_out is None or self._is_lost():
            self.lost += 1
            return None
        arrives = set_out + self.shape.delay + self._random.random() * self.shape.jitter
        if not self.shape.overtaking:
            arrives = self._last = max(arrives, self._last)
        return arrives

    def _through_the_queue(self, size: int, at: float) -> float | None:
        if not self.shape.rate:
            return at
        begins = max(at, self._free_at)
        if begins - at > self.shape.queue:
            return None
        self._free_at = begins + size * 8 / self.shape.rate
        return self._free_at

    def _is_lost(self) -> bool:
        shape = self.shape
        if shape.burst <= 1 or not 0 < shape.loss < 1:
            return self._random.random() < shape.loss
        leaves = 1 / shape.burst
        enters = leaves * shape.loss / (1 - shape.loss)
        self._in_burst = self._random.random() < (1 - leaves if self._in_burst else enters)
        return self._in_burst
