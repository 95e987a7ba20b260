"""One participant's connection as the plane sees it: what it publishes, what it hears, and its sending."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from media_fleet.plane import feedback
from media_fleet.plane.estimator import Estimator
from media_fleet.plane.floor import Floor
from media_fleet.plane.redundancy import Copies
from media_fleet.plane.share import Share
from media_fleet.plane.upward import Upward
from media_fleet.plane.wide import HISTORY, Arrivals, WideSent

if TYPE_CHECKING:
    from media_fleet.plane.forwarding import Forward
    from media_fleet.plane.publishing import Stream, Track

Advice = Literal["full", "low_video", "audio", "text"]
Send = Callable[[bytes], None]
_COPIES = ((0.7, 6), (0.5, 4), (0.3, 3), (0.15, 2), (0.0, 1))
_ASKED = ((0.65, 3), (0.5, 2), (0.0, 1))
_LINE_KNOWN = 6.0
ROUND_TRIP_UNKNOWN = 0.1
_STALE = 3.0
_WHOLE = 50_000_000.0
_STANDS = 0.08
_TOLD = ((0.3, 3), (0.05, 2), (0.0, 1))
_LEAST_REPEATED = 20_000.0
"""Bytes that may be sent again each second, whatever the line is thought to carry."""


class Leg:
    """`ssrc` is the relay's own in RTCP of this leg. `round_trip` in s: as the last reports told, smoothed.

    `estimator` judges what the line to the participant carries, `upward` what comes from a publisher who writes times
    of sending instead of transport-wide numbers. `share`: bit/s that each picture to the participant may have;
    `media_rate`: bit/s that are sent, repair left out; `rests`: no pictures for now; `hidden`:
    copies of each packet that no feedback tells apart. `advice`: what the participant
    should be offered at best. `up_line`, `down_line`: what the line itself loses each way, before repair.
    """

    __slots__ = (
        "_allowance",
        "_allowed_at",
        "_feedback_due",
        "_line_told_at",
        "_remb",
        "_wide_told_at",
        "advice",
        "advised_at",
        "arrivals",
        "copies",
        "down_line",
        "down_loss",
        "estimator",
        "floor",
        "forwards",
        "heard_at",
        "hidden",
        "lowered_at",
        "media_rate",
        "name",
        "probe_after",
        "probe_rate",
        "probe_until",
        "repairs",
        "reports_due",
        "rests",
        "round_trip",
        "send_rtcp",
        "send_rtp",
        "sent",
        "share",
        "ssrc",
        "streams",
        "told_ceiling",
        "tracks",
        "up_line",
        "upward",
        "wide_sent",
    )

    def __init__(self, name: str, send_rtp: Send, send_rtcp: Send, chance: random.Random) -> None:
        self.name = name
        self.send_rtp = send_rtp
        self.send_rtcp = send_rtcp
        self.ssrc = chance.getrandbits(32) or 1
        self.tracks: dict[str, Track] = {}
        self.streams: dict[int, Stream] = {}
        self.repairs: dict[int, Stream] = {}
        self.forwards: dict[int, Forward] = {}
        self.round_trip = 0.0
        self.reports_due = 0.0
        self.wide_sent = WideSent()
        self.sent = self.wide_sent.sent
        self.estimator = Estimator()
        self.upward = Upward()
        self.arrivals = Arrivals()
        self.copies = Copies()
        self.down_loss = 0.0
        self.up_line, self.down_line = Share(), Share()
        self.floor = Floor()
        self._line_told_at = float("-inf")
        self.advice: Advice = "full"
        self.advised_at = self.heard_at = 0.0
        self.media_rate = 0.0
        self.share = _WHOLE
        self.told_ceiling = 0
        self.rests = False
        self.hidden = 0
        self.lowered_at = float("-inf")
        self.probe_after = self.probe_until = self.probe_rate = 0.0
        self._remb = 0
        self._wide_told_at = float("-inf")
        self._feedback_due = 0.0
        self._allowance = 0.0
        self._allowed_at = 0.0

    def measured_round_trip(self, seconds: float) -> None:
        """Takes one measurement; nonsense is passed over."""
        if 0 < seconds < 30:
            self.round_trip += (seconds - self.round_trip) / 4 if self.round_trip else seconds

    def estimate(self, at: float) -> float:
        """bit/s that the line to the participant carries: ours by transport-wide feedback, else theirs by REMB."""
        if at - self._wide_told_at < _STALE or not self._remb:
            return self.estimator.rate
        return float(self._remb)

    def told_wide(self, body: bytes, at: float) -> bool:
        """Takes transport-wide feedback; False for a bad body."""
        packets = self.wide_sent.told(body, at, self.round_trip)
        if packets is None:
            return False
        self.estimator.told(packets, at, self.round_trip or ROUND_TRIP_UNKNOWN, self.wide_sent.covered)
        self.told_line(sum(came is None for _, came, _ in packets), len(packets), at)
        self.down_loss = self.estimator.loss
        self._wide_told_at = at
        return True

    def told_loss(self, fraction: float, at: float) -> None:
        """Takes the loss of a receiver's report, where there is no transport-wide feedback."""
        if at - self._wide_told_at > _STALE:
            self.down_loss += (fraction - self.down_loss) / 4

    def told_line(self, lost: int, sent: int, at: float) -> None:
        """Takes what is known of the line's own loss: of packets that were sent once under their number."""
        self.down_line.add(lost, sent)
        self._line_told_at = at

    def told_remb(self, bits: int) -> None:
        """Takes the receiver's own estimate."""
        self._remb = bits

    def tell_arrivals(self, at: float) -> None:
        """Sends a publisher what came when, every 50 ms.

        What is missing is not mentioned unless a queue stands on the way: loss that is repaired must not make a browser
        send a stamp-sized picture, loss from too much must. On a bad line each feedback goes twice or thrice: a browser
        raises its rate only to one and a half times of what it was told came.
        """
        if at < self._feedback_due:
            return
        self._feedback_due = at + Arrivals.EVERY
        self.upward.judge(at, self.round_trip or ROUND_TRIP_UNKNOWN)
        stands = self.up_stands(at)
        times = next(times for least, times in _TOLD if max(self.up_loss(), self.own_loss()) >= least)
        for body in self.arrivals.told(hides=not stands):
            plain = feedback.wide_feedback(self.ssrc, self.arrivals.media, body)
            for _ in range(times):
                self.send_rtcp(plain)

    def up_stands(self, at: float) -> bool:
        """Whether a queue stands on the way up: it delays all streams; pictures alone are delayed by the browser."""
        return min(self._up_queues(at), default=0.0) > _STANDS

    def up_may_stand(self, at: float) -> bool:
        """Whether any stream is delayed."""
        return max(self._up_queues(at), default=0.0) > _STANDS

    def _up_queues(self, at: float) -> list[float]:
        return [stream.reception.queue.standing for stream in self.streams.values() if stream.flows(at)]

    def own_loss(self) -> float:
        """The line's own loss, 0..1. Loss while a queue stands is from too much: copies would make more of it."""
        line = self.down_line.value
        if line is not None and not self.hidden and self.heard_at - self._line_told_at < _LINE_KNOWN:
            return min(line, self.estimator.inherent) if self.estimator.stands else line
        own = min(self.down_loss, self.estimator.inherent) if self.estimator.stands else self.down_loss
        return float(own ** (1 / (1 + self.hidden))) if self.hidden else own

    def up_loss(self) -> float:
        """What the line loses of what the participant sends, 0..1, before repair."""
        return self.up_line.value or 0.0

    def copies_of_repairs(self) -> int:
        """How often a repair is sent: it must get through, too."""
        own = self.own_loss()
        return next(times for loss, times in _COPIES if own >= loss)

    def may_repeat(self, size: int, at: float) -> bool:
        """Whether so many bytes more than the media may be sent: as much again as the line is thought to carry."""
        each_second = max(_LEAST_REPEATED, self.estimate(at) / 8)
        self._allowance = min(each_second / 2, self._allowance + (at - self._allowed_at) * each_second)
        self._allowed_at = at
        if self._allowance < size:
            return False
        self._allowance -= size
        return True

    def next_wide(self, head: int, size: int, at: float) -> int:
        """The header's own word with the next transport-wide number; 0 where the receiver has none."""
        if not head:
            return 0
        number = self.wide_sent.next
        self.sent[number & (HISTORY - 1)] = (at, size)
        self.wide_sent.next = (number + 1) & 0xFFFF
        return head | number << 8

    def ask_for_keyframe(self, ssrc: int) -> None:
        """Sends a PLI for a stream that this leg publishes."""
        self.send_rtcp(feedback.picture_loss(self.ssrc, ssrc))

    def ask_again(self, missing: dict[int, list[int]]) -> None:
        """Sends NACKs for numbers of streams that this leg publishes; several times where most requests are lost."""
        plain = b"".join(feedback.nack(self.ssrc, ssrc, numbers) for ssrc, numbers in missing.items())
        up = self.up_loss()
        for _ in range(next(times for least, times in _ASKED if up >= least)):
            self.send_rtcp(plain)
