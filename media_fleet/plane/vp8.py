"""VP8's payload descriptor (RFC 7741 section 4.2): reading, and rewriting its running numbers where sources change."""

from __future__ import annotations

from typing import NamedTuple


class Running(NamedTuple):
    """Where the running numbers lie in a payload and what they are; -1 where one is absent."""

    picture_at: int
    picture: int
    long: bool
    level_at: int
    level: int
    key_at: int
    key: int


def payload_begins(payload: bytes) -> int:
    """Offset of VP8's own payload after the descriptor; 0 when it is cut."""
    running = 1
    size = len(payload)
    if not size:
        return 0
    if payload[0] & 0x80:
        if size < 2:
            return 0
        extended = payload[1]
        running = 2
        if extended & 0x80:
            if size <= running:
                return 0
            running += 2 if payload[running] & 0x80 else 1
        running += (extended >> 6 & 1) + (1 if extended & 0x30 else 0)
    return running if running <= size else 0


def read(payload: bytes) -> Running | None:
    """The running numbers; None when the descriptor is cut or has none."""
    if not payload_begins(payload) or not payload[0] & 0x80:
        return None
    extended = payload[1]
    at = 2
    picture_at = picture = level_at = level = key_at = key = -1
    long = False
    if extended & 0x80:
        picture_at, long = at, payload[at] & 0x80 != 0
        picture = (payload[at] & 0x7F) << 8 | payload[at + 1] if long else payload[at]
        at += 2 if long else 1
    if extended & 0x40:
        level_at, level = at, payload[at]
        at += 1
    if extended & 0x10:
        key_at, key = at, payload[at] & 0x1F
    return Running(picture_at, picture, long, level_at, level, key_at, key)


def moved(payload: bytes, picture_by: int, level_by: int, key_by: int) -> bytes:
    """The payload with its running numbers moved on, each on its own circle; unchanged when it has none."""
    numbers = read(payload)
    if numbers is None:
        return payload
    out = bytearray(payload)
    if numbers.picture_at >= 0:
        if numbers.long:
            picture = (numbers.picture + picture_by) & 0x7FFF
            out[numbers.picture_at] = 0x80 | picture >> 8
            out[numbers.picture_at + 1] = picture & 0xFF
        else:
            out[numbers.picture_at] = (numbers.picture + picture_by) & 0x7F
    if numbers.level_at >= 0:
        out[numbers.level_at] = (numbers.level + level_by) & 0xFF
    if numbers.key_at >= 0:
        out[numbers.key_at] = out[numbers.key_at] & 0xE0 | (numbers.key + key_by) & 0x1F
    return bytes(out)


def size_of_keyframe(payload: bytes) -> tuple[int, int] | None:
    """Width and height that the first packet of a keyframe tells (RFC 6386 section 9.1); None when it does not."""
    at = payload_begins(payload)
    frame = payload[at:]
    if not at or len(frame) < 10 or frame[0] & 1 or frame[3:6] != b"\x9d\x01\x2a":
        return None
    return (frame[6] | frame[7] << 8) & 0x3FFF, (frame[8] | frame[9] << 8) & 0x3FFF
