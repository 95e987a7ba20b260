"""Building RTCP packets: the counterpart of `rtcp`. A function gives one packet; a compound is several in a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from media_fleet.plane.rtcp import (
    BLOCK,
    BYE,
    FIR_FORMAT,
    HEAD,
    NACK_FORMAT,
    PAIR,
    PLI_FORMAT,
    PSFB,
    REMB_FORMAT,
    RR,
    RTPFB,
    SDES,
    SENDER,
    SR,
    WIDE_FORMAT,
    ReportBlock,
)

MOST_BLOCKS = 31
_REMB_MANTISSA = 18


def packet(kind: int, count: int, body: bytes) -> bytes:
    """A packet around a body whose length is a multiple of four."""
    return HEAD.pack(0x80 | count, kind, len(body) // 4) + body


def sender_report(ssrc: int, ntp: int, timestamp: int, packets: int, octets: int) -> bytes:
    """SR without blocks; counts are cut to 32 bits."""
    return packet(SR, 0, SENDER.pack(ssrc, ntp, timestamp & 0xFFFFFFFF, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF))


def receiver_report(ssrc: int, blocks: Sequence[ReportBlock]) -> bytes:
    """RR with up to 31 blocks."""
    return packet(RR, len(blocks[:MOST_BLOCKS]), ssrc.to_bytes(4, "big") + b"".join(map(_block, blocks[:MOST_BLOCKS])))


def _block(block: ReportBlock) -> bytes:
    fraction = min(255, int(block.fraction * 256))
    lost = max(-0x800000, min(0x7FFFFF, block.lost)) & 0xFFFFFF
    highest, jitter = block.highest & 0xFFFFFFFF, min(block.jitter, 0xFFFFFFFF)
    return BLOCK.pack(block.ssrc, fraction << 24 | lost, highest, jitter, block.last_report, block.delay & 0xFFFFFFFF)


def description(ssrc: int, cname: str) -> bytes:
    """SDES with the CNAME alone."""
    name = cname.encode()[:255]
    chunk = ssrc.to_bytes(4, "big") + bytes((1, len(name))) + name
    return packet(SDES, 1, chunk + bytes(4 - len(chunk) % 4))


def bye(ssrcs: Sequence[int]) -> bytes:
    """BYE for up to 31 SSRCs."""
    return packet(BYE, len(ssrcs[:MOST_BLOCKS]), b"".join(ssrc.to_bytes(4, "big") for ssrc in ssrcs[:MOST_BLOCKS]))


def nack(ssrc: int, media: int, sequences: Iterable[int]) -> bytes:
    """NACK (RFC 4585 section 6.2.1) of numbers in the circle's order, packed as first number and mask."""
    entries = bytearray()
    first, mask = -1, 0
    for sequence in sequences:
        gap = (sequence - first) & 0xFFFF
        if first >= 0 and 1 <= gap <= 16:
            mask |= 1 << (gap - 1)
        elif sequence != first:
            if first >= 0:
                entries += first.to_bytes(2, "big") + mask.to_bytes(2, "big")
            first, mask = sequence, 0
    if first >= 0:
        entries += first.to_bytes(2, "big") + mask.to_bytes(2, "big")
    return packet(RTPFB, NACK_FORMAT, PAIR.pack(ssrc, media) + bytes(entries))


def picture_loss(ssrc: int, media: int) -> bytes:
    """PLI (RFC 4585 section 6.3.1)."""
    return packet(PSFB, PLI_FORMAT, PAIR.pack(ssrc, media))


def full_intra_request(ssrc: int, media: int, number: int) -> bytes:
    """FIR (RFC 5104 section 4.3.1); `number` rises with each request that is new."""
    return packet(PSFB, FIR_FORMAT, PAIR.pack(ssrc, 0) + media.to_bytes(4, "big") + bytes((number & 255, 0, 0, 0)))


def remb(ssrc: int, bits: int, ssrcs: Sequence[int]) -> bytes:
    """Receiver's estimated maximum bitrate in bit/s."""
    bits = max(0, bits)
    exponent = max(0, bits.bit_length() - _REMB_MANTISSA)
    mantissa = bits >> exponent
    figure = bytes((len(ssrcs), exponent << 2 | mantissa >> 16)) + (mantissa & 0xFFFF).to_bytes(2, "big")
    named = b"".join(media.to_bytes(4, "big") for media in ssrcs)
    return packet(PSFB, REMB_FORMAT, PAIR.pack(ssrc, 0) + b"REMB" + figure + named)


def wide_feedback(ssrc: int, media: int, body: bytes) -> bytes:
    """Transport-wide feedback around a body of `wide.build`."""
    return packet(RTPFB, WIDE_FORMAT, PAIR.pack(ssrc, media) + body)
