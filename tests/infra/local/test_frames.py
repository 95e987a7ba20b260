"""The gate that lets frames up to 32 KB pass, however the network cuts them."""

from __future__ import annotations

import os
import random
import struct

import pytest

from infra.local.gateway.frames import FRAME_LIMIT, FrameGate

pytestmark = pytest.mark.unit


class Reader:
    """Keeps what it is fed."""

    def __init__(self) -> None:
        self.got = b""

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self.got += data
        return False, b""

    def feed_eof(self) -> None:
        self.got += b"<end>"


class Queue:
    """Keeps the error."""

    error: Exception | None = None

    def set_exception(self, error: Exception) -> None:
        self.error = error


def frame(size: int, fin: bool = True, masked: bool = True) -> bytes:
    """A text frame of `size` bytes."""
    mark = 0x80 if masked else 0
    if size < 126:
        length = bytes([mark | size])
    elif size < 65536:
        length = bytes([mark | 126]) + struct.pack("!H", size)
    else:
        length = bytes([mark | 127]) + struct.pack("!Q", size)
    return bytes([0x81 if fin else 0x01]) + length + (os.urandom(4) if masked else b"") + os.urandom(size)


@pytest.mark.parametrize("seed", range(20))
def test_frames_within_the_limit_pass_unchanged_however_they_are_cut(seed: int) -> None:
    dice = random.Random(seed)
    sizes = [dice.choice([0, 1, 125, 126, 127, 4000, FRAME_LIMIT - 1, FRAME_LIMIT]) for _ in range(10)]
    stream = b"".join(frame(size, fin=dice.random() < 0.5, masked=dice.random() < 0.9) for size in sizes)
    reader, queue = Reader(), Queue()
    gate = FrameGate(reader, queue)
    position = 0
    while position < len(stream):
        step = dice.choice([1, 2, 3, 7, 1000, 65536])
        assert gate.feed_data(stream[position : position + step]) == (False, b"")
        position += step
    gate.feed_eof()
    assert reader.got == stream + b"<end>" and queue.error is None


@pytest.mark.parametrize("size", [FRAME_LIMIT + 1, 65535, 65536, 200_000])
@pytest.mark.parametrize("step", [1, 5, 10**6])
def test_a_longer_frame_is_refused_after_what_came_before_it(size: int, step: int) -> None:
    before = frame(100) + frame(FRAME_LIMIT)
    stream = before + frame(size)
    reader, queue = Reader(), Queue()
    gate = FrameGate(reader, queue)
    answers = [gate.feed_data(stream[n : n + step]) for n in range(0, len(before) + 100, step)]
    assert answers[-1] == (True, b"")
    assert queue.error is not None and queue.error.code == 1009  # type: ignore[attr-defined]
    # The header of the refused frame may have gone through, none of its content.
    assert reader.got.startswith(before) and len(reader.got) <= len(before) + 14
