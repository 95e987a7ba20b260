"""What came of one SSRC: extended sequence numbers, loss and jitter (RFC 3550 appendices A.1, A.3, A.8)."""

from __future__ import annotations

from media_fleet.plane.estimator import Queue
from media_fleet.plane.rtcp import ReportBlock

FAR = -1
"""Returned for a number so far off that it is taken for an error."""
_MOST_AHEAD = 3000
_MOST_BEHIND = 3000
_FIRST_ROUND = 1 << 16


class Reception:
    """Numbers and delays of one SSRC. Extended numbers begin in the first round, so that none is negative.

    A jump is believed when a second number follows the first (appendix A.1): the sender began anew, and extended
    numbers leap by more than a round. `given_up`: packets that no repair brought; they alone are told as lost.
    `queue`: how long packets stand before the line, by their timestamps.
    """

    __slots__ = (
        "_reported_given_up",
        "_reported_received",
        "_strange",
        "_transit",
        "clock_rate",
        "first",
        "given_up",
        "highest",
        "jitter",
        "queue",
        "received",
        "report_at",
        "report_ntp",
        "report_timestamp",
    )

    def __init__(self, clock_rate: int) -> None:
        self.clock_rate = clock_rate
        self.first = self.highest = 0
        self.received = 0
        self.given_up = 0
        self.jitter = 0.0
        self.queue = Queue()
        self.report_ntp = self.report_timestamp = 0
        self.report_at = 0.0
        self._strange = -1
        self._transit = 0.0
        self._reported_received = self._reported_given_up = 0

    def place(self, sequence: int) -> int:
        """The extended number, or FAR. Whether it came already, the ring knows."""
        highest = self.highest
        if not highest:
            self.first = self.highest = _FIRST_ROUND | sequence
            return self.first
        ahead = ((sequence - highest + 0x8000) & 0xFFFF) - 0x8000
        if 0 < ahead <= _MOST_AHEAD:
            self.highest = highest + ahead
            self._strange = -1
            return self.highest
        if -_MOST_BEHIND <= ahead <= 0:
            return highest + ahead if highest + ahead >= self.first else FAR
        if sequence == self._strange:
            self._strange = -1
            self.first = self.highest = ((highest >> 16) + 2) << 16 | sequence
            return self.highest
        self._strange = (sequence + 1) & 0xFFFF
        return FAR

    def place_repaired(self, sequence: int) -> int:
        """As `place`, of a number that a repair names: it never begins anew."""
        highest = self.highest
        ahead = ((sequence - highest + 0x8000) & 0xFFFF) - 0x8000
        if not highest or not -_MOST_BEHIND <= ahead <= _MOST_AHEAD or highest + ahead < self.first:
            return FAR
        self.highest = max(highest, highest + ahead)
        return highest + ahead

    def timed(self, timestamp: int, at: float) -> None:
        """Takes a packet that is the newest, and not repaired, into the jitter."""
        transit = at * self.clock_rate - timestamp
        change = abs(transit - self._transit)
        if change < self.clock_rate * 10:
            self.jitter += (change - self.jitter) / 16
        else:
            self.queue.forget()
        self._transit = transit
        self.queue.add(transit / self.clock_rate, at)

    def reported(self, ntp: int, timestamp: int, at: float) -> None:
        """Takes the sender's report."""
        self.report_ntp, self.report_timestamp, self.report_at = ntp, timestamp, at

    def block(self, ssrc: int, at: float) -> ReportBlock:
        """The report on the time since the last one: loss is what remained lost after repair."""
        received, given_up = self.received, self.given_up
        lost = given_up - self._reported_given_up
        expected = lost + received - self._reported_received
        self._reported_received, self._reported_given_up = received, given_up
        last = self.report_ntp >> 16 & 0xFFFFFFFF
        delay = int((at - self.report_at) * 65536) if self.report_ntp else 0
        fraction = lost / expected if lost > 0 and expected > 0 else 0.0
        return ReportBlock(ssrc, fraction, given_up, self.highest - _FIRST_ROUND, int(self.jitter), last, delay)
