"""Sending a stream on to its receivers: one loop, and each receiver's own numbers.

A receiver sees one SSRC per track, whatever sources feed it: sequence numbers, timestamps and VP8's running numbers go
on without a jump when the source changes (a simulcast layer, a publisher that began anew), as RFC 7667 section 3.6
asks of a middlebox that selects.
"""

from __future__ import annotations

import random
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from media_fleet.codecs import ABS_SEND_TIME, TRANSPORT_CC
from media_fleet.plane import extensions, vp8
from media_fleet.plane.extensions import ONE_BYTE
from media_fleet.plane.repairs import Repairs
from media_fleet.plane.ring import Kept
from media_fleet.plane.rtcp import ReportBlock
from media_fleet.plane.rtp import FORWARDED, FORWARDED_FLAGS
from media_fleet.plane.shaping import shaped
from media_fleet.plane.tracks import Outgoing, is_media
from media_fleet.plane.wide import HISTORY

if TYPE_CHECKING:
    from media_fleet.plane.legs import Leg
    from media_fleet.plane.publishing import Stream, Track

_FIRST_ROUND = 1 << 16
_SEGMENTS = 4
_NEVER = 1 << 62
_MOST_SECONDS = 10
ANY_HEIGHT = 1 << 16
_LOSES = 0.1


class Segment(NamedTuple):
    """From which outgoing number on which source was sent, moved by how much (numbers, time, VP8's running numbers)."""

    first_out: int
    stream: Stream
    number_by: int
    time_by: int
    vp8_by: tuple[int, int, int] | None


class Forward:
    """One receiver of one track. `first`: the source's first number that is sent on; none while it waits."""

    __slots__ = (
        "carries",
        "cname",
        "copies",
        "first",
        "kinds",
        "leg",
        "lost_share",
        "measured",
        "number_by",
        "numbers",
        "octets",
        "outgoing",
        "packets",
        "red",
        "repairs",
        "segments",
        "sent",
        "sent_reports",
        "shaped",
        "ssrc",
        "stopped",
        "stream",
        "time_by",
        "time_head",
        "told",
        "track",
        "vp8_by",
        "waits_for",
        "wanted",
        "wide_head",
    )

    def __init__(self, leg: Leg, track: Track, outgoing: Outgoing, chance: random.Random) -> None:
        self.leg = leg
        self.track = track
        self.outgoing = outgoing
        self.ssrc = outgoing.ssrc
        self.wanted = ANY_HEIGHT
        self.cname = outgoing.cname or track.leg.name
        self.told: ReportBlock | None = None
        self.stream: Stream | None = None
        self.waits_for: Stream | None = None
        self.first = _NEVER
        self.number_by = self.time_by = 0
        self.vp8_by: tuple[int, int, int] | None = None
        self.packets = self.octets = 0
        self.lost_share = 0.0
        self.measured = (0, 0)
        self.segments: deque[Segment] = deque(maxlen=_SEGMENTS)
        self.sent_reports: deque[tuple[int, float]] = deque(maxlen=4)
        # RFC 3711 section 3.3.1: a first number in the lower half keeps a lost beginning from upsetting the counting.
        self.stopped = (_FIRST_ROUND | chance.getrandbits(15), chance.getrandbits(32), float("-inf"))
        wide = extensions.number_of(outgoing.extensions, TRANSPORT_CC)
        self.wide_head = (wide << 4 | 1) << 24 if wide else 0
        time = extensions.number_of(outgoing.extensions, ABS_SEND_TIME)
        self.time_head = (time << 4 | 2) << 24 if time and not wide else 0
        self.numbers = extensions.numbers_for(outgoing.extensions)
        self.kinds = _kinds(track, outgoing)
        self.red = _red(outgoing) if track.incoming.kind == "audio" else None
        self.carries: tuple[int, ...] = ()
        self.copies = 0
        self.shaped = self.numbers is not None
        self.repairs = Repairs(outgoing.payloads, outgoing.rtx_ssrc, chance.getrandbits(15))
        self.sent = self.repairs.sent

    def measure(self) -> int:
        """Octets since the last time; takes the share that no repair brought, as far as requests tell."""
        packets, octets, lost = self.packets - self.measured[0], self.octets - self.measured[1], self.repairs.lost
        self.measured = (self.packets, self.octets)
        self.repairs.lost = 0
        self.lost_share += (min(1.0, lost / max(1, packets)) - self.lost_share) / 4
        return octets

    def newest_sent(self) -> int:
        """The highest number that was sent so far."""
        return self.stream.newest[0] + self.number_by if self.stream is not None else self.stopped[0] - 1

    def stop(self) -> None:
        """Hears nothing from here on; remembers where it was."""
        stream = self.stream
        if stream is not None:
            newest, (at, _, timestamp, *_) = stream.newest
            self.stopped = (newest + self.number_by + 1, timestamp + self.time_by, at)
            stream.forwards.remove(self)
        self.stream = None
        self.first = _NEVER
        self.wait_no_more()

    def wait_for(self, stream: Stream) -> None:
        """Begins to hear a stream at its next keyframe; what is heard now goes on until then."""
        self.wait_no_more()
        if stream is self.stream:
            return
        self.waits_for = stream
        stream.waiting.append(self)
        stream.wish.wanted = True

    def wait_no_more(self) -> None:
        """Stays as it is."""
        if self.waits_for is not None and self in self.waits_for.waiting:
            self.waits_for.waiting.remove(self)
        self.waits_for = None

    def begin(self, stream: Stream, number: int, packet: Kept) -> None:
        """Hears `stream` from this packet on, whose numbers follow what was sent last. The caller empties `waiting`."""
        self.waits_for = None
        old, old_time_by, old_vp8_by = self.stream, self.time_by, self.vp8_by
        self.vp8_by = _vp8_follows(old, old_vp8_by, packet) if old is not None else self._vp8_resumes(packet)
        self.stop()
        out, time_out, stopped_at = self.stopped
        self.number_by = out - number
        rate = stream.reception.clock_rate
        ahead = _moved_on(old, stream, packet[2], (old_time_by - time_out)) if old is not None else 0
        if not 0 < ahead < _MOST_SECONDS * rate:
            ahead = max(1, int((packet[0] - stopped_at) * rate)) if stopped_at > float("-inf") else 1
        self.time_by = (time_out + ahead - packet[2]) & 0xFFFFFFFF
        self.first = number
        self.stream = stream
        self.segments.append(Segment(out, stream, self.number_by, self.time_by, self.vp8_by))
        self.shape_anew()
        stream.forwards.append(self)

    def _vp8_resumes(self, packet: Kept) -> tuple[int, int, int] | None:
        last = self.segments[-1] if self.segments else None
        return _vp8_follows(last.stream, last.vp8_by, packet) if last is not None else None

    def shape_anew(self) -> None:
        """Takes in what has changed of how packets are written for this receiver."""
        self.shaped = self.numbers is not None or self.vp8_by is not None or bool(self.carries)
        plain = _kinds(self.track, self.outgoing)
        if self.carries and self.red is not None:
            red, opus = self.red
            plain = [kind if kind < 0 or kind & 0x7F != opus else kind & 0x80 | red for kind in plain]
        self.kinds = plain

    def shape(self, stream: Stream, number: int, packet: Kept) -> bytes:
        """What follows the header's own word, as this receiver needs it."""
        _, kind, _, words, tail = packet
        if self.carries and self.red is not None and self.kinds[kind] & 0x7F == self.red[0]:
            block = tail[: 4 * (words - 1)]
            if self.numbers is not None and block:
                block = extensions.renumbered(block, self.numbers)
            return block + stream.carrying(number, self.carries, self.red[1])
        return shaped(words, tail, self.numbers, self.vp8_by)


def forward(stream: Stream, number: int, packet: Kept, at: float) -> int:
    """Sends a packet to all who hear the stream; to how many. In this loop the processor's time is spent."""
    _, kind, timestamp, words, tail = packet
    size = len(tail)
    late = number < stream.newest[0]
    sent = 0
    for hearing in stream.forwards:
        new_kind = hearing.kinds[kind]
        if number < hearing.first or new_kind < 0:
            continue
        leg = hearing.leg
        wide = hearing.wide_head
        if wide:
            leg.sent[leg.wide_sent.next & (HISTORY - 1)] = (at, size)
            wide |= leg.wide_sent.next << 8
            leg.wide_sent.next = (leg.wide_sent.next + 1) & 0xFFFF
        elif hearing.time_head:
            wide = hearing.time_head | extensions.send_time(at)
        plain = FORWARDED.pack(
            FORWARDED_FLAGS,
            new_kind,
            (number + hearing.number_by) & 0xFFFF,
            (timestamp + hearing.time_by) & 0xFFFFFFFF,
            hearing.ssrc,
            ONE_BYTE,
            words,
            wide,
        ) + (hearing.shape(stream, number, packet) if hearing.shaped else tail)
        leg.send_rtp(plain)
        if hearing.sent is not None:
            hearing.sent.put(number + hearing.number_by, (at, 0, 0, 0, plain))
        if hearing.copies or (late and leg.down_loss > _LOSES):
            leg.copies.add(hearing, number + hearing.number_by, plain, hearing.copies or 1, at)
        hearing.packets += 1
        hearing.octets += size
        sent += 1
    return sent


def _kinds(track: Track, outgoing: Outgoing) -> list[int]:
    """By the publisher's marker and payload type: the receiver's; -1 where it has not agreed to that codec."""
    theirs = {
        codec.key: number
        for number, codec in outgoing.payloads.items()
        if codec.rtx_of is None and codec.red_of is None
    }
    kinds = [-1] * 256
    for number, codec in track.codecs.items():
        if is_media(codec) and codec.key in theirs:
            kinds[number] = theirs[codec.key]
            kinds[number | 0x80] = theirs[codec.key] | 0x80
    return kinds


def _red(outgoing: Outgoing) -> tuple[int, int] | None:
    """The receiver's payload types of RED and of what it carries; None where it has not agreed to RED."""
    return next(
        ((number, codec.red_of) for number, codec in outgoing.payloads.items() if codec.red_of is not None), None
    )


def _moved_on(old: Stream, new: Stream, timestamp: int, old_by: int) -> int:
    """Ticks from a receiver's last time to a new source's moment, by both sources' sender reports; 0 without them."""
    was, now = old.reception, new.reception
    if not was.report_ntp or not now.report_ntp:
        return 0
    since = _signed(timestamp - now.report_timestamp)
    ticks = (now.report_ntp - was.report_ntp) * was.clock_rate >> 32
    return _signed(was.report_timestamp + ticks + since + old_by)


def _signed(ticks: int) -> int:
    return ((ticks + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def _vp8_follows(old: Stream, old_by: tuple[int, int, int] | None, packet: Kept) -> tuple[int, int, int] | None:
    """By how much VP8's numbers of a new source are moved so that they follow the old one's; None for no VP8."""
    last = old.newest[1]
    codec = old.track.codecs.get(packet[1] & 127)
    if codec is None or codec.name.lower() != "vp8":
        return None
    was, now = vp8.read(last[4][4 * (last[3] - 1) :]), vp8.read(packet[4][4 * (packet[3] - 1) :])
    if was is None or now is None:
        return None
    picture_by, level_by, key_by = old_by or (0, 0, 0)
    return (
        was.picture + picture_by + 1 - now.picture,
        was.level + level_by + 1 - now.level,
        was.key + key_by + 1 - now.key,
    )
