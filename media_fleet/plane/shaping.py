"""What follows a packet's own header word, as one receiver needs it."""

from __future__ import annotations

from media_fleet.plane import extensions, vp8


def shaped(words: int, tail: bytes, numbers: bytes | None, vp8_by: tuple[int, int, int] | None) -> bytes:
    """A packet's tail under a receiver's extension numbers and with VP8's running numbers moved."""
    block = 4 * (words - 1)
    kept, payload = tail[:block], tail[block:]
    if numbers is not None and kept:
        kept = extensions.renumbered(kept, numbers)
    if vp8_by is not None:
        payload = vp8.moved(payload, *vp8_by)
    return kept + payload
