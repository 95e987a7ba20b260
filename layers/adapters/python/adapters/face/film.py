"""JPEG frames as a film that vendors open: AVI with one stream of Motion JPEG, no sound.

Specification: "AVI RIFF File Reference" (learn.microsoft.com/windows/win32/directshow/avi-riff-file-reference) and
ITU-T T.81 B.2.2 for the frame's size.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_HAS_INDEX, _KEY_FRAME = 0x10, 0x10
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class NoFilm(ValueError):
    """A frame is no JPEG, or they differ in size."""


def film(frames: Sequence[bytes], seconds_a_frame: float = 0.4) -> bytes:
    """The frames one after another. Raises `NoFilm`."""
    sizes = {size_of(frame) for frame in frames}
    if len(sizes) != 1:
        raise NoFilm
    width, height = sizes.pop()
    microseconds, longest = round(seconds_a_frame * 1_000_000), max(map(len, frames))
    main = struct.pack("<14I", microseconds, 0, 0, _HAS_INDEX, len(frames), 0, 1, longest, width, height, 0, 0, 0, 0)
    stream = struct.pack(
        "<4s4sIHHIIIIIIIIhhhh", b"vids", b"MJPG", 0, 0, 0, 0, microseconds, 1_000_000, 0, len(frames), longest,
        0xFFFFFFFF, 0, 0, 0, width, height,
    )  # fmt: skip
    form = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", width * height * 3, 0, 0, 0, 0)
    head = _list(b"hdrl", _chunk(b"avih", main) + _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", form)))
    pictures, index, at = b"", b"", 4
    for frame in frames:
        index += struct.pack("<4sIII", b"00dc", _KEY_FRAME, at, len(frame))
        pictures += _chunk(b"00dc", frame)
        at += 8 + len(frame) + len(frame) % 2
    return _chunk(b"RIFF", b"AVI " + head + _list(b"movi", pictures) + _chunk(b"idx1", index))


def size_of(frame: bytes) -> tuple[int, int]:
    """Width and height of a JPEG in pixels. Raises `NoFilm`."""
    at = 2
    while frame[:2] == b"\xff\xd8" and at + 9 <= len(frame) and frame[at] == 0xFF:
        mark = frame[at + 1]
        if mark in _SIZES:
            height, width = struct.unpack(">HH", frame[at + 5 : at + 9])
            return width, height
        at += 2 if mark in _STANDALONE else 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    raise NoFilm


def _list(name: bytes, content: bytes) -> bytes:
    return _chunk(b"LIST", name + content)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
