"""How much a line carries: an estimate from when packets set out and when they came.

Delay first, as in draft-ietf-rmcat-gcc-02: groups of packets, the trend of their delays by a least-squares line over
the last twenty, a threshold that adapts, a rate that falls to 0.85 of what came when the trend is over it, and rises
otherwise. Beyond the draft a queue must stand, too: jitter alone has trends, but always some packet without delay. The
beginning doubles each half second until the line first shows its limit (the draft's 8 % a second would take half a
minute to a clear picture). Loss counts only beyond what the line always loses: radio loses the same at any rate, and
sending less repairs nothing. (A line that cuts what is too much without any queue looks the same, and is overrated.)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from operator import mul

START = 300_000.0
LEAST, MOST = 30_000.0, 50_000_000.0
"""bit/s."""
_BURST = 0.005
_POINTS = 20
_SMOOTHING = 0.9
_GAIN = 4.0
_THRESHOLD = (6.0, 12.5, 600.0)
"""ms: least, first, most."""
_RISE, _FALL = 0.0087, 0.039
_OVERUSE_TIME = 10.0
_BACK_TO = 0.85
_SHOWN = 0.95
_IDLE = 0.6
_UNQUEUED = 3.0
"""Seconds without a queue until loss is taken for the line's own."""
_LEAST_COVERED = 0.1
_PROVES = 10.0
_TRIES = 0.7
_LATE = 0.5
"""Seconds beyond a round trip until what is told as lost was sent after a fall."""
_DOUBLING = 0.5
_FAR, _NEAR = 0.25, 0.04
"""Growth in a second, away from and near the rate at which the line was last full."""
_WINDOW = 0.5
_EXCESS = 0.15
_STANDING, _FULL = 0.01, 0.15
_FIRST, _OWN, _BATCH = 200, 60, 200
_BATCH_SECONDS = 1.5
_FORGETS, _LEARNS, _LEARNS_UNQUEUED = 0.2, 0.01, 0.3
"""Shares of a second in which the line's own loss is taken to be less, and more: slowly while a queue stands."""

Told = tuple[float, float | None, int]
"""When a packet set out (s), when it came (s, another clock; None: never), and its bytes."""


class Queue:
    """The delay that no packet of late was without, beyond the least of the last half minute.

    `standing`: that delay in s, 0 where it is no more than what jitter of this `spread` leaves by chance.
    """

    __slots__ = ("_count", "_ends", "_least", "_most", "_windows", "standing")
    WINDOW, PACKETS = 0.2, 20

    def __init__(self) -> None:
        self._windows: deque[float] = deque(maxlen=150)
        self._least, self._most = float("inf"), float("-inf")
        self._count = 0
        self._ends = 0.0
        self.standing = 0.0

    def add(self, delay: float, at: float) -> None:
        """Takes a packet's delay, from whatever zero, at its time of arrival."""
        self._count += 1
        if at >= self._ends and self._count > self.PACKETS:
            self._windows.append(self._least)
            standing = self._least - min(self._windows)
            self.standing = standing if standing > 0.15 * (self._most - self._least) else 0.0
            self._least = self._most = delay
            self._ends = at + self.WINDOW
            self._count = 0
        elif delay < self._least:
            self._least = delay
            self._most = max(self._most, delay)
        elif delay > self._most:
            self._most = delay

    def forget(self) -> None:
        """Delays have another zero from here on."""
        self._windows.clear()
        self._least, self._most = float("inf"), float("-inf")
        self._count = 0
        self.standing = 0.0


class Trend:
    """The trend of one-way delays: `over` while the line's queue grows."""

    __slots__ = (
        "_accumulated",
        "_deltas",
        "_group",
        "_last",
        "_over_for",
        "_points",
        "_slope",
        "_smoothed",
        "_threshold",
        "over",
        "under",
    )

    def __init__(self) -> None:
        self._group: tuple[float, float, float] | None = None
        self._last: tuple[float, float] | None = None
        self._points: deque[tuple[float, float]] = deque(maxlen=_POINTS)
        self._accumulated = self._smoothed = 0.0
        self._deltas = 0
        self._threshold = _THRESHOLD[1]
        self._over_for = self._slope = 0.0
        self.over = self.under = False

    def add(self, sent: float, came: float) -> None:
        """Takes a packet; those within 5 ms of sending count as one."""
        group = self._group
        if group is None or sent < group[0]:
            self._group = group or (sent, sent, came)
            return
        if sent - group[0] <= _BURST:
            self._group = (group[0], max(sent, group[1]), max(came, group[2]))
            return
        if self._last is not None:
            self._moved(group[1] - self._last[0], group[2] - self._last[1], group[2])
        self._last = (group[1], group[2])
        self._group = (sent, sent, came)

    def _moved(self, sent_by: float, came_by: float, came: float) -> None:
        if came_by < 0 or sent_by > 3:
            return
        self._accumulated += (came_by - sent_by) * 1000
        self._smoothed += (self._accumulated - self._smoothed) * (1 - _SMOOTHING)
        self._deltas += 1
        self._points.append((came, self._smoothed))
        slope = _slope(self._points) if len(self._points) == _POINTS else 0.0
        judged = min(self._deltas, 60) * slope * _GAIN
        if judged > self._threshold:
            self._over_for += sent_by * 1000
            if self._over_for > _OVERUSE_TIME and slope >= self._slope:
                self.over = True
        else:
            self.over = False
            self._over_for = 0.0
        self.under = judged < -self._threshold
        self._slope = slope
        if abs(judged) < self._threshold + 15:
            pull = _RISE if abs(judged) > self._threshold else _FALL
            moved = self._threshold + pull * (abs(judged) - self._threshold) * min(came_by * 1000, 100.0)
            self._threshold = min(_THRESHOLD[2], max(_THRESHOLD[0], moved))


def _slope(points: Iterable[tuple[float, float]]) -> float:
    """ms of delay per ms of time: the least-squares line."""
    times, delays = zip(*points, strict=True)
    mean = sum(times) / len(times)
    off = [time - mean for time in times]
    under = sum(map(mul, off, off))
    return sum(map(mul, off, delays)) / under / 1000 if under else 0.0


class _Lately(deque[tuple[float, int]]):
    """Packets by time (s) and bytes, and their sum, which would else be taken anew at each feedback."""

    total = 0

    def append(self, packet: tuple[float, int]) -> None:
        self.total += packet[1]
        super().append(packet)

    def popleft(self) -> tuple[float, int]:
        gone = super().popleft()
        self.total -= gone[1]
        return gone


class Estimator:
    """`rate` in bit/s; `loss` 0..1 of late; `sent`, `came`: bit/s of late.

    `fell_at`: when the line last showed its limit. `probes_until`: until then more is sent than the media, and what
    comes of it is believed at once.
    """

    __slots__ = (
        "_arrivals",
        "_batch",
        "_batch_seconds",
        "_beginning",
        "_counted",
        "_fell_for",
        "_full_at",
        "_judged_at",
        "_lost_since",
        "_queue",
        "_sent",
        "_since_fall",
        "_stood",
        "_stood_at",
        "_trend",
        "came",
        "fell_at",
        "inherent",
        "loss",
        "probes_until",
        "rate",
        "sent",
    )

    def __init__(self, rate: float = START) -> None:
        self.rate = rate
        self.loss = self.inherent = 0.0
        self.came = self.sent = 0.0
        self.probes_until = 0.0
        self._trend = Trend()
        self._arrivals = _Lately()
        self._sent = _Lately()
        self._beginning = True
        self._batch = (0, 0)
        self._batch_seconds = 0.0
        self._counted = self._since_fall = self._lost_since = 0
        self._queue = Queue()
        self._full_at = self._stood = 0.0
        self._fell_for = 1.0
        self.fell_at = self._judged_at = float("-inf")
        self._stood_at = 0.0

    @property
    def stands(self) -> bool:
        """Whether a queue stands before the line."""
        return self._queue.standing > _STANDING

    def told(self, packets: list[Told], at: float, round_trip: float, covered: float = 1.0) -> None:
        """Takes what became of packets, in the order of sending; `covered`: of which share of all anything is told."""
        lost = 0
        for sent, came, size in packets:
            self._sent.append((sent, size))
            if came is None:
                lost += 1
            else:
                self._arrivals.append((came, size))
                self._trend.add(sent, came)
                self._queue.add(came - sent, came)
        if not packets:
            return
        if at - self.fell_at > round_trip + _LATE:
            self._since_fall += len(packets)
            self._lost_since += lost
        covered = max(_LEAST_COVERED, covered)
        self.came = _rate_of(self._arrivals, self.came * covered) / covered
        self.sent = _rate_of(self._sent, self.sent * covered) / covered
        since = min(1.0, at - self._judged_at)
        self._judged_at = at
        if self.stands:
            self._stood_at = at
        self._lost(lost, len(packets), since)
        self._judge(at, since, round_trip)

    def _lost(self, lost: int, packets: int, since: float) -> None:
        """Judges loss by hundreds of packets: what is told at once may all have come, or all be lost."""
        self._batch = (self._batch[0] + lost, self._batch[1] + packets)
        self._counted += packets
        self._batch_seconds += since
        lost, counted = self._batch
        ripe = counted >= _BATCH or (counted >= _OWN and self._batch_seconds > _BATCH_SECONDS)
        if ripe or self._counted <= _OWN:
            self._batch_seconds = 0.0
            share = lost / counted
            self.loss += (share - self.loss) * (0.5 if self._counted > _OWN else 1)
            self._batch = (0, 0) if self._counted > _OWN else self._batch
        pull = 1.0 if self._counted <= _OWN else since * self._learns()
        self.inherent += (self.loss - self.inherent) * min(1.0, pull)

    def _learns(self) -> float:
        if self.loss < self.inherent:
            return _FORGETS
        return _LEARNS_UNQUEUED if self._judged_at - self._stood_at > _UNQUEUED else _LEARNS

    def _judge(self, at: float, since: float, round_trip: float) -> None:
        pause = round_trip + 0.2
        excess = self.loss - self.inherent
        through = self.came / (1 - min(self.inherent, 0.8))
        full = self._queue.standing > _FULL and through < 0.9 * self.sent
        if full or (self._trend.over and self._queue.standing > _STANDING):
            if at - self.fell_at > pause and not self._is_longer(full, at):
                self._fell_for = 1.0
                # Who sends far less than the line is thought to carry has not found its limit: a step down, no more.
                base = through if full or not self._idles() else self.rate
                self._fell(at, _BACK_TO * base if base else 0.5 * self.rate)
        elif excess > _EXCESS and self._since_fall >= _FIRST:
            self._fell_by_loss(at)
        elif not self._trend.under and at - self.fell_at > pause and self._may_rise():
            self._rose(since)
        self.rate = min(MOST, max(LEAST, self.rate))

    def _is_longer(self, full: bool, at: float) -> bool:
        """Whether what stands is no queue: little is sent, and it stands as before. Then delays have another zero."""
        standing, before = self._queue.standing, self._stood
        self._stood = standing
        if full or not self._idles() or at - self.fell_at > _PROVES or not 0.75 < standing / max(before, 0.001) < 1.25:
            return False
        self._queue.forget()
        return True

    def _idles(self) -> bool:
        return self.sent < _IDLE * self.rate

    def _may_rise(self) -> bool:
        """Not while it is seen whether a fall lessens the loss."""
        return self._fell_for == 1 or self._since_fall > _FIRST

    def _fell(self, at: float, to: float) -> None:
        self._full_at = self.came if not self._full_at else 0.7 * self._full_at + 0.3 * self.came
        if self.came < 0.7 * self._full_at:
            self._full_at = self.came
        self.rate = min(self.rate, to)
        self._beginning = False
        self.fell_at = at
        self._since_fall = self._lost_since = 0

    def _fell_by_loss(self, at: float) -> None:
        """Tries whether sending less is answered by less loss; where it is not, the loss is the line's own."""
        if self._since_fall and self._lost_since / self._since_fall > self._fell_for:
            self.inherent = self._lost_since / self._since_fall
            self._fell_for = 1.0
            return
        helped = max(0.0, 1 - (1 - self.loss) / _TRIES)
        self._fell_for = (self.loss + helped) / 2
        self._fell(at, self.rate * _TRIES)

    def _rose(self, since: float) -> None:
        if self._beginning:
            grown = self.rate * 2 ** (since / _DOUBLING)
        else:
            near = self._full_at and 0.8 * self._full_at < self.rate < 1.1 * self._full_at
            grown = self.rate * (1 + (_NEAR if near else _FAR) * since) + 5_000 * since
            if self.came > 1.2 * self._full_at:
                self._full_at = 0.0
        # What was not tried is not known: nobody who sent 100 kbit/s has shown that 4 Mbit/s go through.
        tried = min(2.0 * self.sent, 2.5 * self.came / (1 - min(self.inherent, 0.8)))
        self.rate = max(self.rate, min(grown, tried + 100_000))


def _rate_of(packets: _Lately, before: float) -> float:
    """bit/s over the last half second of these times; `before` while there is too little."""
    newest = packets[-1][0] if packets else 0.0
    while packets and packets[0][0] < newest - _WINDOW:
        packets.popleft()
    if len(packets) < 2 or newest - packets[0][0] < 0.1 * _WINDOW:
        return before
    span = max(newest - packets[0][0], 0.5 * _WINDOW)
    return 8 * (packets.total - packets[0][1]) / span
