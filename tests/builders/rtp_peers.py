"""Browsers' stand-ins on bad lines around a room's plane, in simulated time: what a long bad call leaves lost.

They do what Chromium does: RTX on request but not twice within a round trip, NACK after every round trip up to ten
times, reports each second. Time is the world's; nothing waits.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from media_fleet import codecs
from media_fleet.plane import Exchange, Incoming, Outgoing, feedback, red, rtcp, rtp, vp8, wide
from tests.builders.line import CLEAN, Line, LineShape
from tests.builders.rtp_packets import AUDIO, OPUS, RED, VIDEO, VP8, VP8_RTX, packet, vp8_payload

ROUNDS = 10
STEP = 0.01


class World:
    """A room, its people's lines, and the order of things."""

    def __init__(self, seed: int = 1) -> None:
        self.exchange = Exchange(random.Random(seed))
        self.at = 1000.0
        self.began = self.at
        self._seed = seed
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self.peers: dict[str, Peer] = {}

    def later(self, at: float, act: Callable[[], None]) -> None:
        """Does something at a time."""
        self._count += 1
        heapq.heappush(self._due, (at, self._count, act))

    def peer(self, name: str, up: LineShape = CLEAN, down: LineShape = CLEAN) -> Peer:
        """Somebody joins."""
        self._seed += 2
        joined = Peer(self, name, Line(up, self._seed), Line(down, self._seed + 1))
        self.exchange.add_leg(name, joined.down_rtp, joined.down_rtcp)
        self.peers[name] = joined
        return joined

    def run(self, seconds: float) -> None:
        """Lets time pass in steps of 10 ms, and what arrives between them arrives at its time."""
        end = self.at + seconds
        while self.at < end - STEP / 2:
            then = self.at + STEP
            while self._due and self._due[0][0] <= then:
                at, _, act = heapq.heappop(self._due)
                self.at = max(self.at, at)
                act()
            self.at = then
            self.exchange.tick(then)
            for joined in self.peers.values():
                joined.step()


@dataclass
class Sending:
    """A stream that a peer sends: `every` s a frame of `packets` packets of `size` bytes. `rtx` answers NACK."""

    ssrc: int
    kind: int
    every: float
    clock_rate: int
    size: int
    packets: int = 1
    rtx: int | None = None
    sequence: int = 65_000
    rtx_sequence: int = 100
    frame: int = 0
    due: float = 0.0
    rid: str = ""
    height: int = 360
    key_wanted: bool = True
    keys: int = 0
    sent: dict[int, bytes] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)
    reports: list[rtcp.ReportBlock] = field(default_factory=list)


@dataclass
class Hearing:
    """A stream that a peer receives: when each number and each frame came, what it asks for, and VP8's pictures.

    `frames`: by timestamp; `pictures`: when, id, and the height that a keyframe says.
    """

    ssrc: int
    rtx: int | None
    nack: bool = True
    highest: int = 0
    first: int = 0
    came: dict[int, float] = field(default_factory=dict)
    asked: dict[int, tuple[float, int]] = field(default_factory=dict)
    extra: int = 0
    unrepaired: int = 0
    report: rtcp.SenderReport | None = None
    report_at: float = 0.0
    told: tuple[int, int] = (0, 0)
    frames: dict[int, float] = field(default_factory=dict)
    pictures: list[tuple[float, int, int]] = field(default_factory=list)


class Peer:
    """One browser. `round_trip`: what it takes its own to be."""

    def __init__(self, world: World, name: str, up: Line, down: Line) -> None:
        self.world, self.name, self.up, self.down = world, name, up, down
        self.sending: dict[int, Sending] = {}
        self.hearing: dict[int, Hearing] = {}
        self.round_trip = up.shape.delay + down.shape.delay + STEP
        self.wide = 0
        self.wide_came: deque[tuple[int, float]] = deque()
        self.bytes_up = 0
        self.limit = 50_000_000
        self.told: deque[rtcp.Message] = deque(maxlen=1000)
        self._report_due = world.at + 1
        self._feedback_due = 0.0
        self._wide_told = -1
        self._wide_known: dict[int, float] = {}
        self._feedback_number = 0

    def speaks(self, ssrc: int = 11, nack: bool = True) -> str:
        """Publishes a microphone."""
        payloads = {OPUS: codecs.Codec("opus", 48_000, 2, nack=nack)}
        track = f"{self.name}-microphone"
        told = Incoming(track, "microphone", "audio", "0", payloads, codecs.EXTENSIONS, ssrcs=((ssrc, None),))
        self.world.exchange.publish(self.name, told)
        self.sending[ssrc] = Sending(ssrc, OPUS, 0.02, 48_000, 80)
        return track

    def shows(self, ssrc: int = 22, rtx: int | None = 23, packets: int = 5) -> str:
        """Publishes a camera of 30 frames a second."""
        track = f"{self.name}-camera"
        told = Incoming(track, "camera", "video", "1", VIDEO, codecs.EXTENSIONS, ssrcs=((ssrc, rtx),))
        self.world.exchange.publish(self.name, told)
        self.sending[ssrc] = Sending(ssrc, VP8, 1 / 30, 90_000, 1000, packets, rtx)
        return track

    def shows_layers(self, ssrc: int = 30) -> str:
        """Publishes a camera in three sizes (180, 360 and 720; 0.13, 0.5 and 1.6 Mbit/s), named by rid alone."""
        track = f"{self.name}-camera"
        rids = ("q", "h", "f")
        self.world.exchange.publish(
            self.name, Incoming(track, "camera", "video", "1", VIDEO, codecs.EXTENSIONS, rids=rids)
        )
        for place, (packets, size) in enumerate(((1, 550), (2, 1050), (6, 1120))):
            layer = Sending(ssrc + place, VP8, 1 / 30, 90_000, size, packets, None, 1000 * place, rid=rids[place])
            layer.height = 180 << place
            layer.frame = 100_000 * place
            self.sending[layer.ssrc] = layer
        return track

    def hears(self, track: str, ssrc: int, nack: bool = True, redundant: bool = False) -> Hearing:
        """Subscribes."""
        video = track.endswith("camera")
        payloads = VIDEO if video else {OPUS: codecs.Codec("opus", 48_000, 2, nack=nack)}
        if redundant:
            payloads = {**payloads, RED: AUDIO[RED]}
        heard = Hearing(ssrc, ssrc + 1 if video else None, nack)
        told = Outgoing("9", ssrc, payloads, codecs.EXTENSIONS, heard.rtx)
        self.world.exchange.subscribe(self.name, track, told)
        self.hearing[ssrc] = heard
        return heard

    # -- what goes up

    def up_rtp(self, plain: bytes) -> None:
        """A packet sets out to the relay."""
        self.bytes_up += len(plain)
        self._carry(self.up, plain, lambda: self.world.exchange.received_rtp(self.name, plain, self.world.at))

    def up_rtcp(self, plain: bytes) -> None:
        """A report sets out to the relay."""
        self._carry(self.up, plain, lambda: self.world.exchange.received_rtcp(self.name, plain, self.world.at))

    def _carry(self, line: Line, plain: bytes, act: Callable[[], None]) -> None:
        arrives = line.take(len(plain), self.world.at)
        if arrives is not None:
            self.world.later(arrives, act)

    def _marked(self) -> bytes:
        self.wide = (self.wide + 1) & 0xFFFF
        return self.wide.to_bytes(2, "big")

    def step(self) -> None:
        """Frames, requests and reports that are due."""
        at = self.world.at
        for stream in self.sending.values():
            while stream.due <= at:
                stream.due = (stream.due or at) + stream.every
                self._frame(stream)
        for heard in self.hearing.values():
            self._ask(heard, at)
        if self._report_due <= at:
            self._report_due = at + 1
            self._report(at)
        if self._feedback_due <= at and self.wide_came:
            self._feedback_due = at + 0.05
            self._tell_wide()

    def _tell_wide(self) -> None:
        """As Chromium: all numbers since the last feedback, up to the newest that came."""
        newest = self._wide_told
        times = self._wide_known
        first = 1 << 62
        for short, came in self.wide_came:
            number = newest + rtp.ahead(short, newest & 0xFFFF) if newest >= 0 else short
            newest = max(newest, number)
            times.setdefault(number, came)
            first = min(first, number)
        base = min(first, self._wide_told + 1) if self._wide_told >= 0 else first
        self.wide_came.clear()
        for old in [number for number in times if number < newest - 1000]:
            del times[old]
        self._wide_told = newest
        self._feedback_number += 1
        body = wide.build(base & 0xFFFF, [times.get(one) for one in range(base, newest + 1)], self._feedback_number)
        self.up_rtcp(feedback.wide_feedback(1, 1, body))

    def _frame(self, stream: Sending) -> None:
        key = stream.kind == VP8 and stream.key_wanted
        stream.keys += key
        stream.key_wanted = False
        stream.frame += 1
        timestamp = int(stream.frame * stream.every * stream.clock_rate)
        for number in range(stream.packets):
            payload = b""
            if stream.kind == VP8:
                payload = vp8_payload(key, stream.frame, height=stream.height)
                payload = payload if not number else b"\x80" + payload[1:6]
            size = stream.size
            if stream.kind == VP8 and not stream.rid:
                size = min(size, int(self.limit * stream.every / 8 / stream.packets))
            payload += bytes(max(0, size - len(payload) - 24))
            last = number == stream.packets - 1
            carried = {codecs.TRANSPORT_CC: self._marked()}
            if stream.rid:
                carried |= {codecs.MID: b"1", codecs.RID: stream.rid.encode()}
            plain = packet(stream.ssrc, stream.sequence, timestamp, payload, stream.kind, last, carried)
            stream.sent[stream.sequence] = plain
            stream.sent.pop(stream.sequence - 2000, None)
            stream.sequence += 1
            self.up_rtp(plain)

    def _repeat(self, stream: Sending, sequences: tuple[int, ...]) -> None:
        at = self.world.at
        for short in sequences:
            number = stream.sequence + rtp.ahead(short, stream.sequence & 0xFFFF)
            plain = stream.sent.get(number)
            if plain is None or at - stream.answered.get(number, 0) < self.round_trip:
                continue
            stream.answered[number] = at
            parts = rtp.parse(plain)
            assert parts is not None
            if stream.rtx is None:
                self.up_rtp(plain)
                continue
            stream.rtx_sequence += 1
            payload = short.to_bytes(2, "big") + plain[parts[7] :]
            carried = {codecs.TRANSPORT_CC: self._marked()}
            marker = bool(parts[0] & 0x80)
            self.up_rtp(packet(stream.rtx, stream.rtx_sequence, parts[2], payload, VP8_RTX, marker, carried))

    def _ask(self, heard: Hearing, at: float) -> None:
        due = [number for number, (asked, times) in heard.asked.items() if at - asked >= self.round_trip or not times]
        for number in due:
            times = heard.asked[number][1] + 1
            heard.asked[number] = (at, times)
            if times > ROUNDS:
                del heard.asked[number]
        if due and heard.nack:
            self.up_rtcp(feedback.nack(1, heard.ssrc, [number & 0xFFFF for number in due]))

    def _report(self, at: float) -> None:
        ntp = int((at - self.world.began) * (1 << 32)) + (1 << 40)
        for stream in self.sending.values():
            timestamp = int(stream.frame * stream.every * stream.clock_rate)
            self.up_rtcp(feedback.sender_report(stream.ssrc, ntp, timestamp, stream.sequence, 0))
        blocks = [self._block(heard, at) for heard in self.hearing.values() if heard.highest]
        if blocks:
            self.up_rtcp(feedback.receiver_report(1, blocks))

    def _block(self, heard: Hearing, at: float) -> rtcp.ReportBlock:
        expected, received = heard.highest - heard.first + 1, heard.unrepaired
        was_expected, was_received = heard.told
        heard.told = (expected, received)
        new = expected - was_expected
        fraction = max(0.0, (new - received + was_received) / new) if new else 0.0
        last = heard.report.ntp >> 16 & 0xFFFFFFFF if heard.report else 0
        delay = int((at - heard.report_at) * 65536) if heard.report else 0
        return rtcp.ReportBlock(heard.ssrc, fraction, expected - received, heard.highest, 0, last, delay)

    # -- what comes down

    def down_rtp(self, plain: bytes) -> None:
        """The relay sends a packet."""
        self._carry(self.down, plain, lambda: self._heard(plain))

    def down_rtcp(self, plain: bytes) -> None:
        """The relay sends a report."""
        self._carry(self.down, plain, lambda: self._told(plain))

    def _heard(self, plain: bytes) -> None:
        parts = rtp.parse(plain)
        assert parts is not None, "the relay sends RTP"
        kind, sequence, timestamp, ssrc, _, begin, _, payload, _ = parts
        if plain[begin] == 3 << 4 | 1:
            self.wide_came.append((plain[begin + 1] << 8 | plain[begin + 2], self.world.at))
        heard = self.hearing.get(ssrc)
        if heard is not None:
            heard.unrepaired += 1
        else:
            heard = next(found for found in self.hearing.values() if found.rtx == ssrc)
            sequence = plain[payload] << 8 | plain[payload + 1]
            self._place(heard, sequence)
            return
        self._place(heard, sequence)
        for block in red.unpack(plain[payload:]) or [] if kind & 0x7F == RED else [red.Block(OPUS, 0, b"")]:
            heard.frames.setdefault((timestamp - block.earlier) & 0xFFFFFFFF, self.world.at)
        if plain[payload] == 0x90 and (numbers := vp8.read(plain[payload:])):
            size = vp8.size_of_keyframe(plain[payload:])
            heard.pictures.append((self.world.at, numbers.picture, size[1] if size else 0))

    def _place(self, heard: Hearing, sequence: int) -> None:
        if not heard.highest:
            heard.highest = heard.first = 1 << 16 | sequence
            heard.came[heard.first] = self.world.at
            return
        number = heard.highest + rtp.ahead(sequence, heard.highest & 0xFFFF)
        heard.extra += number in heard.came
        heard.came.setdefault(number, self.world.at)
        heard.asked.pop(number, None)
        for missed in range(heard.highest + 1, number):
            heard.asked[missed] = (self.world.at, 0)
        heard.highest = max(heard.highest, number)

    def _told(self, plain: bytes) -> None:
        for message in rtcp.parse(plain):
            self.told.append(message)
            match message:
                case rtcp.SenderReport() if message.ssrc in self.hearing:
                    heard = self.hearing[message.ssrc]
                    heard.report, heard.report_at = message, self.world.at
                case rtcp.Nack() if message.media in self.sending:
                    self._repeat(self.sending[message.media], message.sequences)
                case rtcp.Remb():
                    self.limit = message.bits
                case rtcp.KeyframeWanted() if message.media in self.sending:
                    self.sending[message.media].key_wanted = True
                case rtcp.ReceiverReport():
                    for block in message.blocks:
                        if block.ssrc in self.sending:
                            self.sending[block.ssrc].reports.append(block)


def residual(heard: Hearing, until: int = 200) -> float:
    """Share of what should have come and did not, without the last packets, whose repair is under way."""
    wanted = range(heard.first, heard.highest - until)
    return sum(number not in heard.came for number in wanted) / max(1, len(wanted))
