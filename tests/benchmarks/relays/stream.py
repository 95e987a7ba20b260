"""What a browser sends in a call: VP8 of 1280x720 at 30 pictures a second and 2.6 Mbit/s, Opus at 128 kbit/s.

Encoded once, from a moving picture and a chord, with a keyframe every two seconds; cut as browsers cut it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import NamedTuple

import av
import numpy
from aiortc.codecs.vpx import VpxPayloadDescriptor

SECONDS = 2
FRAMES = 30
VOICES = 50
_LARGEST = 1150
"""Bytes of a payload: Chromium's packets are about this long."""


class Cut(NamedTuple):
    """A packet: when in the loop (s), picture or voice, clock ticks since the loop began, end of a picture, payload."""

    at: float
    video: bool
    ticks: int
    marker: bool
    payload: bytes


@cache
def packets() -> list[Cut]:
    """Two seconds, to be sent again and again, in order of time."""
    cut = []
    for number, picture in enumerate(_pictures()):
        parts = _parts(picture, number)
        at, ticks = number / FRAMES, number * 90000 // FRAMES
        cut += [Cut(at, True, ticks, place == len(parts), part) for place, part in enumerate(parts, 1)]
    cut += [Cut(number / VOICES, False, number * 960, False, voice) for number, voice in enumerate(_voices())]
    return sorted(cut, key=lambda one: one.at)


def _parts(picture: bytes, number: int) -> list[bytes]:
    """Payloads of one picture, each behind its descriptor (RFC 7741 section 4.2)."""
    found = []
    for at in range(0, len(picture), _LARGEST):
        descriptor = VpxPayloadDescriptor(partition_start=int(at == 0), partition_id=0, picture_id=0x4000 | number)
        found.append(bytes(descriptor) + picture[at : at + _LARGEST])
    return found


def _pictures() -> list[bytes]:
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = 1280, 720, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FRAMES), Fraction(FRAMES)
    encoder.bit_rate, encoder.gop_size = 2_600_000, SECONDS * FRAMES
    encoder.options = {"deadline": "realtime", "cpu-used": "12", "lag-in-frames": "0", "error-resilient": "1"}
    chance = numpy.random.default_rng(1)
    scene = chance.integers(0, 255, (90, 160, 3), dtype=numpy.uint8).repeat(8, 0).repeat(8, 1)
    found = []
    for number in range(SECONDS * FRAMES):
        moved = numpy.roll(scene, (3 * number, 5 * number), (0, 1))
        frame = av.VideoFrame.from_ndarray(moved, format="rgb24")
        frame.pts = number
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return found + [bytes(packet) for packet in encoder.encode(None)]


def _voices() -> list[bytes]:
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = 48000, "stereo", "s16", 128_000
    times = numpy.arange(960 * VOICES * SECONDS) / 48000
    chord = sum(numpy.sin(2 * numpy.pi * tone * times) for tone in (220, 277, 330, 1100))
    samples = (6000 * chord).astype(numpy.int16).repeat(2)
    found = []
    for number in range(VOICES * SECONDS):
        frame = av.AudioFrame.from_ndarray(
            samples[1920 * number : 1920 * (number + 1)].reshape(1, -1), format="s16", layout="stereo"
        )
        frame.sample_rate, frame.pts = 48000, 960 * number
        found += [bytes(packet) for packet in encoder.encode(frame)]
    return found[: VOICES * SECONDS]
