"""Where a picture begins that needs no other: by the payload's first bytes.

VP8: RFC 7741 section 4.2, 4.3. H264: RFC 6184 (single NAL unit, STAP-A, FU-A). VP9: RFC 9628 section 4.2. AV1: the RTP
payload format of AOMedia 1.0.0 section 4.4 (aggregation header). Codecs that are not known begin with any packet.
"""

from __future__ import annotations

from collections.abc import Callable

from media_fleet.plane import vp8

_IDR, _SPS, _STAP_A, _FU_A = 5, 7, 24, 28


def begins_vp8(payload: bytes) -> bool:
    """First packet of the first partition, and the frame's inverse key bit is 0."""
    at = vp8.payload_begins(payload)
    return 0 < at < len(payload) and payload[0] & 0x17 == 0x10 and not payload[at] & 1


def begins_h264(payload: bytes) -> bool:
    """Parameter sets, or the beginning of an IDR slice."""
    if len(payload) < 2:
        return False
    kind = payload[0] & 31
    if kind == _STAP_A:
        return _in_aggregate(payload)
    if kind == _FU_A:
        return payload[1] & 0x80 != 0 and payload[1] & 31 in (_IDR, _SPS)
    return kind in (_IDR, _SPS)


def _in_aggregate(payload: bytes) -> bool:
    at = 1
    while at + 2 < len(payload):
        if payload[at + 2] & 31 in (_IDR, _SPS):
            return True
        at += 2 + (payload[at] << 8 | payload[at + 1])
    return False


def begins_vp9(payload: bytes) -> bool:
    """Beginning of a frame that is not predicted from an earlier picture, of the lowest layer."""
    if not payload:
        return False
    flags = payload[0]
    if flags & 0x48 != 0x08:
        return False
    at = 1
    if flags & 0x80:
        at += 2 if len(payload) > 1 and payload[1] & 0x80 else 1
    return not flags & 0x20 or (at < len(payload) and payload[at] >> 1 & 7 == 0)


def begins_av1(payload: bytes) -> bool:
    """The first packet of a coded video sequence: N is set, Z is not."""
    return len(payload) > 1 and payload[0] & 0x88 == 0x08


DETECTORS: dict[str, Callable[[bytes], bool]] = {
    "vp8": begins_vp8,
    "h264": begins_h264,
    "vp9": begins_vp9,
    "av1": begins_av1,
}


def detector(codec: str) -> Callable[[bytes], bool] | None:
    """Of a codec by its lower-case name; None where any packet may be the first."""
    return DETECTORS.get(codec)


class Wish:
    """Whether a keyframe is wanted of a stream, and how often it is asked for.

    Repeated after `max(INTERVAL, two round trips)` until it came: a request may be lost, and a hundred receivers who
    cannot decode must not make the publisher send nothing but keyframes.
    """

    __slots__ = ("asked_at", "wanted")
    INTERVAL = 0.5

    def __init__(self) -> None:
        self.wanted = False
        self.asked_at = float("-inf")

    def due(self, at: float, round_trip: float) -> bool:
        """Whether to ask now; notes that it was asked."""
        if not self.wanted or at - self.asked_at < max(self.INTERVAL, 2 * round_trip):
            return False
        self.asked_at = at
        return True
