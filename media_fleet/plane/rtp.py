"""RTP packets as bytes: the fixed header (RFC 3550 section 5.1) and the sequence numbers' circle (appendix A.1)."""

from __future__ import annotations

from struct import Struct

HEADER = Struct(">BBHII")
"""Flags, marker and payload type, sequence number, timestamp, SSRC."""
FORWARDED = Struct(">BBHIIHHI")
"""The header as the plane sends it: always with a one-byte extension block whose first word is the receiver's own."""
FORWARDED_FLAGS = 0x90
HEADER_SIZE = HEADER.size
_EXTENSION = Struct(">HH")

Parts = tuple[int, int, int, int, int, int, int, int, int]


def parse(packet: bytes) -> Parts | None:
    """Marker and payload type, sequence number, timestamp, SSRC, the extension block's profile (0: none), begin and
    end, the payload's begin and end (without padding); None when it is no RTP packet.
    """
    size = len(packet)
    if size < HEADER_SIZE:
        return None
    flags, kind, sequence, timestamp, ssrc = HEADER.unpack_from(packet)
    if flags & 0xC0 != 0x80:
        return None
    payload = HEADER_SIZE + 4 * (flags & 15)
    profile = begin = end = 0
    if flags & 0x10:
        if payload + 4 > size:
            return None
        profile, words = _EXTENSION.unpack_from(packet, payload)
        begin = payload + 4
        payload = end = begin + 4 * words
    if flags & 0x20:
        size -= packet[-1] or size + 1
    if payload > size:
        return None
    return kind, sequence, timestamp, ssrc, profile, begin, end, payload, size


def is_rtcp(packet: bytes) -> bool:
    """Whether a packet on a common port is RTCP (RFC 5761 section 4)."""
    return len(packet) > 1 and 192 <= packet[1] <= 223


def ahead(sequence: int, of: int, bits: int = 16) -> int:
    """How far a number on the circle is ahead of another: negative when it is behind."""
    half = 1 << (bits - 1)
    return ((sequence - of + half) & ((1 << bits) - 1)) - half
