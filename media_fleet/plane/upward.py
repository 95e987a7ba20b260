"""What comes up from a publisher who writes times of sending (abs-send-time): judged here, and told by REMB."""

from __future__ import annotations

from media_fleet.plane.estimator import Estimator, Told

_ROUND = 1 << 24
_UNIT = 1 << 18
_LEAST_CHANGE = 0.05
_MOST_AT_ONCE = 2000


class Upward:
    """`times`: time of sending (24 bits), arrival in s, and bytes, as whoever receives adds them."""

    __slots__ = ("_sent", "_told", "estimator", "times")

    def __init__(self) -> None:
        self.times: list[tuple[int, float, int]] = []
        self.estimator = Estimator()
        self._sent = -1
        self._told = 0.0

    @property
    def used(self) -> bool:
        """Whether there is anything to judge by."""
        return self._sent >= 0

    def judge(self, at: float, round_trip: float) -> None:
        """Takes what came; losses are not seen here."""
        if not self.times:
            return
        packets: list[Told] = []
        for time, came, size in self.times[:_MOST_AT_ONCE]:
            newest = time if self._sent < 0 else self._sent
            sent = newest + ((time - newest + _ROUND // 2) % _ROUND) - _ROUND // 2
            self._sent = max(newest, sent)
            packets.append((sent / _UNIT, came, size))
        self.times.clear()
        self.estimator.told(sorted(packets, key=lambda packet: packet[0]), at, round_trip)

    def news(self) -> int:
        """The estimate in bit/s where it moved, 0 where it stays."""
        rate = self.estimator.rate
        if not self.used or abs(rate - self._told) < _LEAST_CHANGE * self._told:
            return 0
        self._told = rate
        return int(rate)
