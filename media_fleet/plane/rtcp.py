"""RTCP as shapes: reading compound packets (RFC 3550 section 6, RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb-03).

Bad input never raises: what cannot be read ends the compound, `Unread` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from struct import Struct, error
from typing import NamedTuple

SR, RR, SDES, BYE, RTPFB, PSFB = 200, 201, 202, 203, 205, 206
NACK_FORMAT, WIDE_FORMAT = 1, 15
PLI_FORMAT, FIR_FORMAT, REMB_FORMAT = 1, 4, 15

HEAD = Struct(">BBH")
SENDER = Struct(">IQIII")
BLOCK = Struct(">IIIIII")
PAIR = Struct(">II")
_LOST_SIGN = 1 << 23


class ReportBlock(NamedTuple):
    """What a receiver says about an SSRC. `fraction` 0..1; `jitter` in the clock of the stream; delays in 1/65536 s."""

    ssrc: int
    fraction: float
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int


class SenderReport(NamedTuple):
    """NTP time (32.32 bits) and RTP time of one moment, and what was sent so far."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int
    blocks: tuple[ReportBlock, ...]


class ReceiverReport(NamedTuple):
    """What the receiver `ssrc` says about others."""

    ssrc: int
    blocks: tuple[ReportBlock, ...]


class Description(NamedTuple):
    """The name (CNAME) that an SSRC gives itself; empty when it gave none."""

    ssrc: int
    cname: str


class Bye(NamedTuple):
    """SSRCs that are gone."""

    ssrcs: tuple[int, ...]


class Nack(NamedTuple):
    """Sequence numbers of `media` that did not come."""

    media: int
    sequences: tuple[int, ...]


class KeyframeWanted(NamedTuple):
    """PLI, or an entry of FIR."""

    media: int


class Remb(NamedTuple):
    """The receiver's estimate in bit/s, for these SSRCs together."""

    bits: int
    ssrcs: tuple[int, ...]


class WideFeedback(NamedTuple):
    """Transport-wide feedback, its body unread (`wide.parse`)."""

    body: bytes


class Unread(NamedTuple):
    """The rest could not be read."""

    why: str


Message = (
    SenderReport | ReceiverReport | Description | Bye | Nack | KeyframeWanted | Remb | WideFeedback | Unread
)  # fmt: skip


def parse(compound: bytes) -> list[Message]:
    """All messages of a compound packet, in order; other packet types are passed over."""
    found: list[Message] = []
    at = 0
    size = len(compound)
    while at < size:
        if at + 4 > size:
            return [*found, Unread("cut")]
        flags, kind, words = HEAD.unpack_from(compound, at)
        end = at + 4 + 4 * words
        if flags & 0xC0 != 0x80 or end > size:
            return [*found, Unread("head")]
        body = compound[at + 4 : end]
        if flags & 0x20:
            if not body or not 0 < body[-1] <= len(body):
                return [*found, Unread("padding")]
            body = body[: -body[-1]]
        try:
            found.extend(_read(kind, flags & 31, body))
        except (error, IndexError, ValueError):
            return [*found, Unread("body")]
        at = end
    return found


def _read(kind: int, count: int, body: bytes) -> Iterator[Message]:
    reader = _READERS.get(kind)
    return reader(count, body) if reader else iter(())


def _sender_report(count: int, body: bytes) -> Iterator[Message]:
    ssrc, ntp, timestamp, packets, octets = SENDER.unpack_from(body)
    yield SenderReport(ssrc, ntp, timestamp, packets, octets, _blocks(body, SENDER.size, count))


def _receiver_report(count: int, body: bytes) -> Iterator[Message]:
    yield ReceiverReport(int.from_bytes(body[:4], "big"), _blocks(body, 4, count))


def _blocks(body: bytes, at: int, count: int) -> tuple[ReportBlock, ...]:
    if len(body) < at + count * BLOCK.size:
        raise ValueError("blocks are cut")
    return tuple(_block(body, at + number * BLOCK.size) for number in range(count))


def _block(body: bytes, at: int) -> ReportBlock:
    ssrc, lost, highest, jitter, last, delay = BLOCK.unpack_from(body, at)
    total = lost & 0xFFFFFF
    total = total - 2 * _LOST_SIGN if total & _LOST_SIGN else total
    return ReportBlock(ssrc, (lost >> 24) / 256, total, highest, jitter, last, delay)


def _descriptions(count: int, body: bytes) -> Iterator[Message]:
    at = 0
    for _ in range(count):
        ssrc, cname = int.from_bytes(body[at : at + 4], "big"), ""
        at += 4
        while body[at]:
            size = body[at + 1]
            if at + 2 + size > len(body):
                raise ValueError("item is cut")
            if body[at] == 1:
                cname = body[at + 2 : at + 2 + size].decode("utf-8", "replace")
            at += 2 + size
        at += 4 - at % 4
        yield Description(ssrc, cname)


def _bye(count: int, body: bytes) -> Iterator[Message]:
    if len(body) < 4 * count:
        raise ValueError("bye is cut")
    yield Bye(tuple(int.from_bytes(body[4 * n : 4 * n + 4], "big") for n in range(count)))


def _transport_feedback(form: int, body: bytes) -> Iterator[Message]:
    _, media = PAIR.unpack_from(body)
    if form == NACK_FORMAT:
        yield Nack(media, tuple(_named(body)))
    elif form == WIDE_FORMAT:
        yield WideFeedback(body[8:])


def _named(body: bytes) -> Iterator[int]:
    for at in range(8, len(body) - 3, 4):
        first, mask = int.from_bytes(body[at : at + 2], "big"), int.from_bytes(body[at + 2 : at + 4], "big")
        yield first
        while mask:
            lowest = mask & -mask
            yield (first + lowest.bit_length()) & 0xFFFF
            mask ^= lowest


def _payload_feedback(form: int, body: bytes) -> Iterator[Message]:
    _, media = PAIR.unpack_from(body)
    if form == PLI_FORMAT:
        yield KeyframeWanted(media)
    elif form == FIR_FORMAT:
        for at in range(8, len(body) - 7, 8):
            yield KeyframeWanted(int.from_bytes(body[at : at + 4], "big"))
    elif form == REMB_FORMAT and body[8:12] == b"REMB":
        count, exponent = body[12], body[13] >> 2
        mantissa = (body[13] & 3) << 16 | body[14] << 8 | body[15]
        if len(body) < 16 + 4 * count:
            raise ValueError("REMB is cut")
        ssrcs = tuple(int.from_bytes(body[16 + 4 * n : 20 + 4 * n], "big") for n in range(count))
        yield Remb(mantissa << exponent, ssrcs)


_READERS: dict[int, Callable[[int, bytes], Iterator[Message]]] = {
    SR: _sender_report,
    RR: _receiver_report,
    SDES: _descriptions,
    BYE: _bye,
    RTPFB: _transport_feedback,
    PSFB: _payload_feedback,
}
