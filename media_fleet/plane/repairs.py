"""Repair by sending again: answers to a receiver's NACK, by RTX (RFC 4588) or as the very same packet.

Where RTX is not agreed (Opus), the bytes that were sent are kept and sent again: another header under the same number
would use an SRTP nonce twice (RFC 3711 section 9.1, RFC 7714 section 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from media_fleet.codecs import Codec
from media_fleet.plane.extensions import ONE_BYTE, send_time
from media_fleet.plane.ring import Ring
from media_fleet.plane.rtp import FORWARDED, FORWARDED_FLAGS, ahead
from media_fleet.plane.shaping import shaped

if TYPE_CHECKING:
    from media_fleet.plane.counts import Counts
    from media_fleet.plane.forwarding import Forward

_SHORTEST = 0.01
_MOST_BYTES = 2_000_000
_REMEMBERED = 2048
_NEVER = (float("-inf"), 0)
_LAST = 8


class Repairs:
    """What one receiver of one track asks for again. `sent`: the packets themselves, where there is no RTX.

    A packet is not sent again within the round trip in which the last copy may still arrive. `lost`: those asked for so
    often that browsers ask no more.
    """

    __slots__ = ("_answered", "_kinds", "_number", "_ssrc", "lost", "sent")

    def __init__(self, payloads: Mapping[int, Codec], rtx_ssrc: int | None, first: int) -> None:
        self._ssrc = rtx_ssrc or 0
        self._number = first & 0x7FFF
        self._kinds = {codec.rtx_of: number for number, codec in payloads.items() if codec.rtx_of is not None}
        self._answered: dict[int, tuple[float, int]] = {}
        self.lost = 0
        by_same = any(codec.nack for codec in payloads.values()) and not (rtx_ssrc and self._kinds)
        self.sent: Ring | None = Ring(most_bytes=_MOST_BYTES) if by_same else None

    def answer(self, hearing: Forward, sequences: tuple[int, ...], at: float, counts: Counts) -> None:
        """Sends again what is there of these outgoing numbers, as far as the leg's allowance goes."""
        newest = hearing.newest_sent()
        gap = max(_SHORTEST, 0.8 * hearing.leg.round_trip)
        # What RED carries anyway is long, and comes once more with each packet after it.
        copies = 1 if hearing.carries else hearing.leg.copies_of_repairs()
        for sequence in sequences:
            number = newest + ahead(sequence, newest & 0xFFFF)
            last, times = self._answered.get(number, _NEVER)
            if number > newest or at - last < gap:
                continue
            for copy in range(copies):
                again = self._again(hearing, number, at)
                if again is None:
                    break
                if not copy:
                    self._note(number, times + 1, at)
                    if self.sent is not None and hearing.wide_head:
                        hearing.leg.wide_sent.asked(again)
                hearing.leg.send_rtp(again)
                counts.repeated += 1

    def _note(self, number: int, times: int, at: float) -> None:
        if len(self._answered) >= _REMEMBERED:
            self._answered.clear()
        self._answered[number] = (at, times)
        self.lost += times == _LAST

    @property
    def has_rtx(self) -> bool:
        """Whether repairs go under an SSRC of their own."""
        return bool(self._ssrc and self._kinds)

    def copy(self, hearing: Forward, number: int, at: float) -> bool:
        """Sends a packet once more by RTX, unasked; whether it was there and allowed."""
        again = self._again(hearing, number, at)
        if again is not None:
            hearing.leg.send_rtp(again)
        return again is not None

    def fill(self, hearing: Forward, at: float) -> int:
        """Sends the newest packet once more, to see what the line carries; its bytes, 0 when there is none."""
        again = self._again(hearing, hearing.newest_sent(), at)
        if again is None:
            return 0
        hearing.leg.send_rtp(again)
        return len(again)

    def _again(self, hearing: Forward, number: int, at: float) -> bytes | None:
        if self.sent is not None:
            kept = self.sent.packets.get(number)
            return kept[4] if kept and hearing.leg.may_repeat(len(kept[4]), at) else None
        segment = next((found for found in reversed(hearing.segments) if found.first_out <= number), None)
        kept = segment.stream.ring.packets.get(number - segment.number_by) if segment else None
        if segment is None or kept is None:
            return None
        _, kind, timestamp, words, tail = kept
        sent_as = hearing.kinds[kind]
        repair = self._kinds.get(sent_as & 0x7F)
        if sent_as < 0 or repair is None or not hearing.leg.may_repeat(len(tail), at):
            return None
        tail = shaped(words, tail, hearing.numbers, segment.vp8_by)
        block = 4 * (words - 1)
        self._number = (self._number + 1) & 0xFFFF
        word = hearing.leg.next_wide(hearing.wide_head, len(tail), at)
        if hearing.time_head:
            word = hearing.time_head | send_time(at)
        head = FORWARDED.pack(
            FORWARDED_FLAGS,
            repair | sent_as & 0x80,
            self._number,
            (timestamp + segment.time_by) & 0xFFFFFFFF,
            self._ssrc,
            ONE_BYTE,
            words,
            word,
        )
        return b"".join((head, tail[:block], (number & 0xFFFF).to_bytes(2, "big"), tail[block:]))
