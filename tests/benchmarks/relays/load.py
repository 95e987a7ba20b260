"""A call's packets into rooms and out of them again, in real time, by one loop that never waits for more than is due.

What a browser says by RTCP is said: transport-wide feedback, receiver reports, sender reports. One receiver of
each room decrypts, and finds in each packet when it was sent; when it came is told by the kernel, so that the
loop's own delay is not in it.
"""

from __future__ import annotations

import heapq
import secrets
import select
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from media_fleet.plane import feedback, rtp
from media_fleet.plane.rtcp import ReportBlock
from media_fleet.plane.wide import Arrivals
from tests.benchmarks.relays import stream
from tests.benchmarks.relays.client import MID, OPUS, VP8, WIDE, Client
from tests.benchmarks.relays.servers import Room

_HEAD = struct.Struct(">BBHIIHHBHBB3x")
_STAMP = struct.Struct("<q")
_TIMESPEC = struct.Struct("qq")
_SHORTEST = 24
_FEEDBACK_SECONDS = 0.1
_REPORT_SECONDS = 1.0
_AT_ONCE = 32
_LONGEST_WAIT = 0.001
_LEFT_OVER_SECONDS = 0.1


@dataclass
class Counts:
    """Of one stretch. `delays`: s from sending to the receiver's socket; `behind`: s by which the load was late."""

    sent: int = 0
    expected: int = 0
    delivered: int = 0
    delays: list[float] = field(default_factory=list)
    behind: float = 0.0


class Publisher:
    """Sends the recorded call again and again, from where it was."""

    def __init__(self, client: Client, begins: float) -> None:
        self.client = client
        self.begins = begins
        self._cuts = stream.packets()
        self._place = self._round = self._wide = 0
        self._numbers = [secrets.randbits(15), secrets.randbits(15)]
        self._first = [secrets.randbits(31), secrets.randbits(31)]
        self._now = list(self._first)
        self._sent = [[0, 0], [0, 0]]

    def due(self) -> float:
        """When the next packet is sent, in s of the stream's own time."""
        return self.begins + self._round * stream.SECONDS + self._cuts[self._place].at

    def send(self) -> None:
        """The next packet."""
        cut = self._cuts[self._place]
        video = int(cut.video)
        rate = 90000 if video else 48000
        self._now[video] = (self._first[video] + self._round * stream.SECONDS * rate + cut.ticks) & 0xFFFFFFFF
        head = _HEAD.pack(
            0x90,
            (VP8 if video else OPUS) | cut.marker << 7,
            self._numbers[video],
            self._now[video],
            self.client.ssrc + video,
            0xBEDE,
            2,
            WIDE << 4 | 1,
            self._wide,
            MID << 4,
            ord("1" if video else "0"),
        )
        body = cut.payload if len(cut.payload) < _SHORTEST else cut.payload[: -_STAMP.size]
        self._numbers[video] = (self._numbers[video] + 1) & 0xFFFF
        self._wide = (self._wide + 1) & 0xFFFF
        self._sent[video][0] += 1
        self._sent[video][1] += len(body)
        self._place += 1
        if self._place == len(self._cuts):
            self._place = 0
            self._round += 1
        _put(self.client, self.client.srtp.protect(head + body + _STAMP.pack(time.time_ns())))

    def report(self) -> None:
        """A sender report for each stream."""
        ntp = int((time.time() + 2_208_988_800) * (1 << 32))
        for video in (0, 1):
            told = feedback.sender_report(self.client.ssrc + video, ntp, self._now[video], *self._sent[video])
            _put(self.client, self.client.srtp.protect_rtcp(told))


class Receiver:
    """Counts, and answers as browsers do. `opens`: decrypts and measures."""

    def __init__(self, client: Client, opens: bool) -> None:
        self.client = client
        self.opens = opens
        self._arrivals = Arrivals()
        self._highest: dict[int, int] = {}
        self._plain = memoryview(bytearray(2048))

    def read(self, counts: Counts) -> None:
        """What waits, but not for ever."""
        take = self.client.socket.recvmsg_into
        for _ in range(_AT_ONCE):
            try:
                size, ancillary, _, _ = take([self._plain], 64)
            except BlockingIOError:
                return
            kind = self._plain[0]
            if not 127 < kind < 192:
                if kind < 4:
                    self.client.checked(bytes(self._plain[:size]))
                continue
            if 191 < self._plain[1] < 224:
                continue
            counts.delivered += 1
            seconds, nanoseconds = _TIMESPEC.unpack_from(ancillary[0][2])
            self._noted(seconds + nanoseconds / 1e9)
            if self.opens:
                plain = self.client.srtp.unprotect(bytes(self._plain[:size]))
                if plain is not None:
                    (sent,) = _STAMP.unpack_from(plain, len(plain) - _STAMP.size)
                    counts.delays.append((seconds * 1_000_000_000 + nanoseconds - sent) / 1e9)

    def _noted(self, at: float) -> None:
        """For feedback and reports: from the header, which is not encrypted."""
        packet = self._plain
        _, _, sequence, _, ssrc = rtp.HEADER.unpack_from(packet)
        self._highest[ssrc] = sequence
        if packet[0] & 0x10 and packet[12] == 0xBE:
            place, end = 16, 16 + 4 * packet[15]
            while place < end:
                head = packet[place]
                if head >> 4 == WIDE:
                    self._arrivals.media = ssrc
                    self._arrivals.came.append((packet[place + 1] << 8 | packet[place + 2], at))
                    return
                place += (head & 15) + 2 if head else 1

    def feed_back(self) -> None:
        """Transport-wide feedback."""
        for body in self._arrivals.told(False):
            told = feedback.wide_feedback(self.client.ssrc, self._arrivals.media, body)
            _put(self.client, self.client.srtp.protect_rtcp(told))

    def report(self) -> None:
        """That nothing was lost."""
        blocks = [ReportBlock(ssrc, 0.0, 0, highest, 0, 0, 0) for ssrc, highest in list(self._highest.items())[-2:]]
        _put(self.client, self.client.srtp.protect_rtcp(feedback.receiver_report(self.client.ssrc, blocks)))


@dataclass
class _Again:
    """What is done every so many seconds."""

    at: float
    every: float
    act: Callable[[], None]


class Load:
    """Rooms of one relay. `speed`: how many times faster than it was recorded."""

    def __init__(self, rooms: list[Room], speed: float) -> None:
        self._speed = speed
        self._time = 0.0
        self._publishers = [Publisher(room.publisher, number / len(rooms)) for number, room in enumerate(rooms)]
        self._fans = [len(room.receivers) for room in rooms]
        self._receivers = [
            Receiver(client, number == 0) for room in rooms for number, client in enumerate(room.receivers)
        ]
        self._poll = select.epoll()
        self._by_fd = {each.client.socket.fileno(): each for each in self._receivers}
        for room in rooms:
            self._by_fd[room.publisher.socket.fileno()] = Receiver(room.publisher, False)
        for fd in self._by_fd:
            self._poll.register(fd, select.EPOLLIN)

    def close(self) -> None:
        """The rooms are their owner's."""
        self._poll.close()

    def run(self, seconds: float) -> Counts:
        """So long in real time; the stream goes on where the last run ended."""
        counts = Counts()
        queue = [(each.due(), number) for number, each in enumerate(self._publishers)]
        heapq.heapify(queue)
        began = time.monotonic()
        start, speed, end = self._time, self._speed, began + seconds
        again = self._again(began)
        while (now := time.monotonic()) < end:
            reached = start + (now - began) * speed
            while queue[0][0] <= reached:
                due, number = queue[0]
                self._publishers[number].send()
                counts.sent += 1
                counts.expected += self._fans[number]
                counts.behind = max(counts.behind, (reached - due) / speed)
                heapq.heapreplace(queue, (self._publishers[number].due(), number))
            for one in again:
                if one.at <= now:
                    one.at += one.every
                    one.act()
            self._read(counts, now + _LONGEST_WAIT)
            until_next = (queue[0][0] - start) / speed + began - time.monotonic()
            if until_next > 0:
                time.sleep(min(until_next, _LONGEST_WAIT))
        self._time = start + seconds * speed
        until = time.monotonic() + _LEFT_OVER_SECONDS
        while time.monotonic() < until:
            self._read(counts, until)
            time.sleep(_LONGEST_WAIT)
        return counts

    def _read(self, counts: Counts, until: float) -> None:
        for fd, _ in self._poll.poll(0):
            self._by_fd[fd].read(counts)
            if time.monotonic() > until:
                return

    def _again(self, began: float) -> list[_Again]:
        """Feedback goes as often as there is so much to tell; the rest by the clock. All spread over their time."""
        found = []
        feedback_every = _FEEDBACK_SECONDS / self._speed
        for number, each in enumerate(self._receivers):
            share = number / len(self._receivers)
            found.append(_Again(began + share * feedback_every, feedback_every, each.feed_back))
            found.append(_Again(began + share, _REPORT_SECONDS, each.report))
        for number, publisher in enumerate(self._publishers):
            found.append(_Again(began + number / len(self._publishers), _REPORT_SECONDS, publisher.report))
        return found


def _put(client: Client, datagram: memoryview | None) -> None:
    """What does not fit now is gone, as packets may be."""
    if datagram is not None:
        with suppress(BlockingIOError, ConnectionError):
            client.socket.send(datagram)
