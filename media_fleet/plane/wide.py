"""Transport-wide feedback, draft-holmer-rmcat-transport-wide-cc-extensions-01: built for publishers, read of receivers.

A body is: base number (16), count (16), reference time in 64 ms (24, signed), feedback number (8), chunks of two bytes
(runs, or vectors of 14 one-bit or 7 two-bit symbols), then per packet that came its distance in 250 µs from the one
before (8 bits unsigned, or 16 signed).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

TICK = 0.00025
REFERENCE = 0.064
_TICKS_IN_REFERENCE = 256
_NOT, _SMALL, _LARGE = 0, 1, 2
_LONGEST_RUN = 0x1FFF
HISTORY = 4096
"""Packets whose time of sending is remembered until the receiver tells of them; a power of two."""
_FREE, _JUDGED_LOST = 0, -1
_WINDOW = (0.1, 1.5)
_REMEMBERED = 10.0
_JITTERS = 0.15
_SMOOTHS = 0.1
_NARROWS, _DRIFTS = 0.995, 0.0002
"""At each feedback, some twenty a second: what is left of the spread, and s by which the shortest way is doubted."""
MOST = 2000
"""Numbers in one feedback that is read: a body of some bytes may name 65,535."""


def build(base: int, arrivals: Sequence[float | None], number: int) -> bytes:
    """A body for the numbers from `base` on, None for what did not come; padded to 32 bits.

    Distances beyond 8.19 s are cut: the sender then takes the line for slower than it is, once.
    """
    first = next((at for at in arrivals if at is not None), 0.0)
    reference = int(first / REFERENCE)
    symbols: list[int] = []
    deltas = bytearray()
    last = reference * _TICKS_IN_REFERENCE
    for at in arrivals:
        if at is None:
            symbols.append(_NOT)
            continue
        delta = max(-0x8000, min(0x7FFF, round(at / TICK) - last))
        last += delta
        small = 0 <= delta <= 255
        symbols.append(_SMALL if small else _LARGE)
        deltas += delta.to_bytes(1 if small else 2, "big", signed=not small)
    head = base.to_bytes(2, "big") + len(arrivals).to_bytes(2, "big")
    head += (reference & 0xFFFFFF).to_bytes(3, "big") + bytes((number & 255,))
    body = head + _chunks(symbols) + bytes(deltas)
    return body + bytes(-len(body) % 4)


def _chunks(symbols: list[int]) -> bytes:
    out = bytearray()
    at = 0
    size = len(symbols)
    while at < size:
        run = at + 1
        while run < size and symbols[run] == symbols[at] and run - at < _LONGEST_RUN:
            run += 1
        if run - at >= 7:
            out += (symbols[at] << 13 | run - at).to_bytes(2, "big")
            at = run
            continue
        seven = symbols[at : at + 7]
        chunk = 0xC000
        for place, symbol in enumerate(seven):
            chunk |= symbol << (12 - 2 * place)
        out += chunk.to_bytes(2, "big")
        at += len(seven)
    return bytes(out)


def parse(body: bytes) -> tuple[int, list[float | None]] | None:
    """The base number, and when each came in s from an unknown zero, None for what did not; None for a bad body."""
    if len(body) < 8:
        return None
    base, count = int.from_bytes(body[:2], "big"), int.from_bytes(body[2:4], "big")
    if count > MOST:
        return None
    symbols: list[int] = []
    at = 8
    while len(symbols) < count:
        if at + 2 > len(body):
            return None
        chunk = body[at] << 8 | body[at + 1]
        at += 2
        if not chunk & 0x8000:
            symbols += [chunk >> 13] * min(chunk & _LONGEST_RUN, count - len(symbols))
            if not chunk & _LONGEST_RUN:
                return None
        elif chunk & 0x4000:
            symbols += [chunk >> shift & 3 for shift in range(12, -1, -2)]
        else:
            symbols += [chunk >> shift & 1 for shift in range(13, -1, -1)]
    return _timed(base, symbols[:count], body, at)


def _timed(base: int, symbols: list[int], body: bytes, at: int) -> tuple[int, list[float | None]] | None:
    ticks = int.from_bytes(body[4:7], "big", signed=True) * _TICKS_IN_REFERENCE
    found: list[float | None] = []
    for symbol in symbols:
        size = symbol if symbol in (_SMALL, _LARGE) else 0
        if at + size > len(body):
            return None
        if size:
            ticks += int.from_bytes(body[at : at + size], "big", signed=size == 2)
        found.append(ticks * TICK if size else None)
        at += size
    return base, found


class Arrivals:
    """When packets with transport-wide numbers came from a publisher, until it is told.

    `came`: number (16 bits) and time, as they came; whoever receives adds to it. `media`: the SSRC of one of them.
    """

    __slots__ = ("_next", "_number", "came", "media")
    MOST = 1500
    EVERY = 0.05

    def __init__(self) -> None:
        self.came: list[tuple[int, float]] = []
        self._next = -1
        self._number = 0
        self.media = 0

    def told(self, hides: bool) -> list[bytes]:
        """The bodies to send now. `hides`: what is missing is not mentioned, neither as come nor as lost.

        To say that it came would be simpler, but a browser then forgets the packet and cannot repeat it; so each run of
        numbers that came is a feedback of its own. What comes late is told late, as the draft allows.
        """
        if not self.came:
            return []
        newest = self._next - 1 if self._next >= 0 else self.came[0][0]
        around = newest
        times: dict[int, float] = {}
        for short, at in self.came[: self.MOST]:
            number = around + ((short - around + 0x8000) & 0xFFFF) - 0x8000
            if -self.MOST < number - around < self.MOST:
                times.setdefault(number, at)
                newest = max(newest, number)
        self.came.clear()
        if not times:
            self._next = -1
            return []
        base = min(times)
        if 0 <= self._next < base and not hides:
            base = self._next
        self._next = newest + 1
        arrivals = [times.get(number) for number in range(base, max(times) + 1)]
        return [self._body(*run) for run in (_runs(base, arrivals) if hides else [(base, arrivals)])]

    def _body(self, base: int, arrivals: Sequence[float | None]) -> bytes:
        self._number += 1
        return build(base & 0xFFFF, arrivals, self._number)


def _runs(base: int, arrivals: list[float | None]) -> Iterator[tuple[int, list[float | None]]]:
    """What came in a row: its first number, and when."""
    run: list[float | None] = []
    for number, at in enumerate([*arrivals, None], base):
        if at is not None:
            run.append(at)
        elif run:
            yield number - len(run), run
            run = []


class WideSent:
    """What was sent under which transport-wide number: `sent[number & 4095]` is when (s) and how many bytes.

    A number that is told as missing is lost only after the time by which others came late: a line with several ways
    through it would else seem to lose what it merely turns around. `spread`: how much longer some took than others, s.
    `covered`: the share of what was sent of which anything was told, for feedback is lost as well.
    """

    __slots__ = ("_asked", "_least", "_missing", "_newest", "_window", "covered", "next", "sent", "spread")

    def __init__(self) -> None:
        self.sent: list[tuple[float, int]] = [(0.0, _FREE)] * HISTORY
        self.next = 0
        self._missing: dict[int, None] = {}
        self._asked: list[tuple[float, float | None, int]] = []
        self._newest = -1
        self._window = _WINDOW[0]
        self._least = float("inf")
        self.spread = 0.0
        self.covered = 1.0

    def asked(self, plain: bytes) -> None:
        """A packet is to be sent again as it was: it was lost, whatever is told of its number from here on.

        Where packets overtake each other that is not known, and the number is not counted.
        """
        number = plain[17] << 8 | plain[18]
        sent_at, size = self.sent[number & (HISTORY - 1)]
        if size > 0 and self.spread > _JITTERS:
            self.sent[number & (HISTORY - 1)] = (sent_at, _FREE)
        elif size > 0:
            self._asked.append((sent_at, None, size))
            self.sent[number & (HISTORY - 1)] = (sent_at, _JUDGED_LOST)

    def told(self, body: bytes, at: float, round_trip: float) -> list[tuple[float, float | None, int]] | None:
        """What became of packets, in the order of sending: sent, came (None: lost), bytes; None for a bad body."""
        read = parse(body)
        if read is None:
            return None
        base, came = read
        packets, self._asked = self._asked, []
        if self._newest >= 0:
            base = self._newest + ((base - self._newest + 0x8000) & 0xFFFF) - 0x8000
        for number, arrived in enumerate(came, base):
            sent_at, size = self.sent[number & (HISTORY - 1)]
            if not size or at - sent_at > _REMEMBERED:
                continue
            if arrived is None:
                if size > 0:
                    self._missing[number] = None
                continue
            self._missing.pop(number, None)
            if number < self._newest:
                self._window = min(_WINDOW[1], max(self._window, 1.2 * (at - sent_at - round_trip)))
            if size > 0:
                packets.append((sent_at, arrived, size))
                self._took(arrived - sent_at)
            self.sent[number & (HISTORY - 1)] = (sent_at, _FREE)
        newest = base + len(came) - 1
        if 0 <= self._newest < newest:
            self.covered += (min(1.0, len(came) / (newest - self._newest)) - self.covered) * _SMOOTHS
        self._newest = max(self._newest, newest)
        self._lost(packets, at - round_trip - self._window)
        self._window = max(_WINDOW[0], 0.999 * self._window)
        self.spread *= _NARROWS
        self._least += _DRIFTS
        packets.sort(key=lambda packet: packet[0])
        return packets

    def _took(self, seconds: float) -> None:
        """Takes one packet's time under way, by two clocks."""
        self._least = min(self._least, seconds)
        self.spread = max(self.spread, seconds - self._least)

    def _lost(self, packets: list[tuple[float, float | None, int]], before: float) -> None:
        """Adds what was sent before that time and told as missing, but never as come since."""
        for number in list(self._missing):
            sent_at, size = self.sent[number & (HISTORY - 1)]
            if sent_at > before:
                return
            del self._missing[number]
            if size > 0:
                packets.append((sent_at, None, size))
                self.sent[number & (HISTORY - 1)] = (sent_at, _JUDGED_LOST)
