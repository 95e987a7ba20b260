"""Redundant audio (RFC 2198): a packet carries earlier frames again. Read from publishers, built for receivers.

Before the blocks stand their headers: a set bit, payload type (7), how many ticks earlier (14), bytes (10); the newest
block's is one byte, a clear bit and its payload type.
"""

from __future__ import annotations

from typing import NamedTuple

from media_fleet.plane.ring import Kept

FARTHEST = (1 << 14) - 1
"""Ticks: 341 ms at 48 kHz."""
_LONGEST = (1 << 10) - 1
_MOST_BYTES = 1100
_MOST_BLOCKS = 32


class Block(NamedTuple):
    """A frame: its payload type, how many ticks earlier it is, and itself."""

    kind: int
    earlier: int
    payload: bytes


def unpack(payload: bytes) -> list[Block] | None:
    """The frames, the newest last; None when they cannot be read."""
    heads: list[tuple[int, int, int]] = []
    at = 0
    while at < len(payload) and payload[at] & 0x80:
        if at + 4 > len(payload) or len(heads) >= _MOST_BLOCKS:
            return None
        word = int.from_bytes(payload[at : at + 4], "big")
        heads.append((word >> 24 & 0x7F, word >> 10 & FARTHEST, word & _LONGEST))
        at += 4
    if at >= len(payload):
        return None
    newest = payload[at] & 0x7F
    at += 1
    blocks = []
    for kind, earlier, size in heads:
        if at + size > len(payload):
            return None
        blocks.append(Block(kind, earlier, payload[at : at + size]))
        at += size
    return [*blocks, Block(newest, 0, payload[at:])]


def packed(packets: dict[int, Kept], number: int, distances: tuple[int, ...], kind: int) -> bytes:
    """The payload for a packet with those before it that are there, `kind` their payload type at the receiver.

    `distances`: how many numbers before, the farthest first. What is too far, too long or of another kind is left out.
    """
    newest = packets[number]
    frame = _frame(newest)
    room = _MOST_BYTES - len(frame)
    heads, blocks = b"", b""
    for distance in reversed(distances):
        kept = packets.get(number - distance)
        if kept is None or (kept[1] ^ newest[1]) & 0x7F:
            continue
        earlier = (newest[2] - kept[2]) & 0xFFFFFFFF
        block = _frame(kept)
        if earlier > FARTHEST or not 0 < len(block) <= _LONGEST or room < len(block) + 4:
            continue
        room -= len(block) + 4
        heads = (0x80000000 | kind << 24 | earlier << 10 | len(block)).to_bytes(4, "big") + heads
        blocks = block + blocks
    return heads + bytes((kind,)) + blocks + frame


def _frame(kept: Kept) -> bytes:
    return kept[4][4 * (kept[3] - 1) :]
