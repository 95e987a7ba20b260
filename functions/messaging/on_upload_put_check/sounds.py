"""Voice messages, written anew as MP3, which every phone and browser plays; how long they last is counted."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, cast

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from hospital.uploads.errors import Damaged, NothingInIt, NotWhatItSays, TooLong
from hospital.uploads.formats import LONGEST_SECONDS, Format
from hospital.uploads.model import Variant
from messaging.on_upload_put_check.made import Made

DEMUXERS: Mapping[str, str] = {"webm": "matroska", "mp4": "mov", "ogg": "ogg", "mp3": "mp3", "aac": "aac", "wav": "wav"}
"""ffmpeg's reader of each format: it is named, never guessed, so that no list of other files is ever followed."""
SPARE_SECONDS = 0.5
"""Recorders stop a little late."""
_RATE, _BITS_A_SECOND = 24_000, 48_000
_SHORTEST_MILLISECONDS = 100


def derive_sound(content: bytes, found: Format) -> Made:
    """`original` of a voice message, and its length. `NotWhatItSays` when there is a picture to it, `NothingInIt`,
    `TooLong`, `Damaged`."""
    try:
        with opened(content, found) as source:
            if source.streams.video or not source.streams.audio:
                raise NotWhatItSays
            sound, samples = _written_anew(source)
    except av.FFmpegError:
        raise Damaged from None
    milliseconds = round(samples * 1000 / _RATE)
    if milliseconds < _SHORTEST_MILLISECONDS:
        raise NothingInIt
    return Made({"original": sound}, {"original": Variant(size=len(sound), media_type="audio/mpeg")}, milliseconds)


def opened(content: bytes, found: Format) -> InputContainer:
    """The recording, by the reader of its own format. `av.FFmpegError` when it does not open."""
    return av.open(io.BytesIO(content), "r", format=DEMUXERS[found.name])


def _written_anew(source: InputContainer) -> tuple[bytes, int]:
    """(the sound as MP3, how many samples it has)."""
    stream, samples = io.BytesIO(), 0
    with av.open(stream, "w", format="mp3", options={"write_xing": "1", "id3v2_version": "0"}) as target:
        voice = cast(AudioStream, target.add_stream("libmp3lame", rate=_RATE))
        voice.bit_rate, voice.layout = _BITS_A_SECOND, "mono"
        for frame in _decoded(source):
            samples += frame.samples
            if samples > (LONGEST_SECONDS + SPARE_SECONDS) * _RATE:
                raise TooLong(limit_seconds=LONGEST_SECONDS)
            target.mux(voice.encode(frame))
        target.mux(voice.encode(None))
    return stream.getvalue(), samples


def _decoded(source: InputContainer) -> Iterator[AudioFrame]:
    """What was recorded, in one channel at one rate."""
    resampler = AudioResampler(format="s16", layout="mono", rate=_RATE)
    decoded: Iterator[Any] = source.decode(audio=0)
    for frame in decoded:
        frame.pts = None  # a recorder's clock may jump; what counts is what sounds
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
