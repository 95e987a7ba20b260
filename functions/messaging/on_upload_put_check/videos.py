"""Short videos: their streams as they came, in a fresh container, and a cover picture.

The container is written anew because phones write into it where a video was taken. The streams are not: that would
take minutes. Phones and browsers of the last years play what is taken here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from PIL import Image

from hospital.uploads.errors import Damaged, NothingInIt, NotWhatItSays, TooLong, TooManyPixels, TypeUnsupported
from hospital.uploads.formats import LONGEST_SECONDS, Format
from hospital.uploads.model import Variant
from messaging.on_upload_put_check.made import Made
from messaging.on_upload_put_check.pictures import jpeg, written
from messaging.on_upload_put_check.sounds import SPARE_SECONDS, opened

COVER = 640
"""The cover's longer side, in pixels, at most."""
_MOST_PIXELS = 4096 * 2304
_PICTURES = frozenset({"h264", "hevc", "vp8", "vp9", "av1"})
_SOUNDS = frozenset({"aac", "mp3", "opus", "vorbis"})
_COVER_QUALITY = 80
_LOOKED_AT = 30
"""Frames among which the cover is sought."""
_BLANK = 12
"""A range of greys in which nothing is to be seen."""


def derive_video(content: bytes, found: Format) -> Made:
    """`original` and `cover` of a video, and its length. `NotWhatItSays` when there is no moving picture,
    `TypeUnsupported` for streams that browsers do not play, `TooLong`, `TooManyPixels`, `NothingInIt`, `Damaged`."""
    try:
        with opened(content, found) as source:
            if not source.streams.video:
                raise NotWhatItSays
            _check_streams(source)
            cover = _cover(source)
        with opened(content, found) as source:
            video, seconds = _in_fresh_container(source, found)
    except av.FFmpegError:
        raise Damaged from None
    if not seconds:
        raise NothingInIt
    if seconds > LONGEST_SECONDS + SPARE_SECONDS:
        raise TooLong(limit_seconds=LONGEST_SECONDS)
    width, height = cover.size
    cover.thumbnail((COVER, COVER), Image.Resampling.LANCZOS)
    picture = written(cover, _COVER_QUALITY)
    original = Variant(size=len(video), media_type=found.media_type, width=width, height=height)
    return Made(
        {"original": video, "cover": picture},
        {"original": original, "cover": jpeg(picture, cover.size)},
        round(seconds * 1000),
    )


def _check_streams(source: InputContainer) -> None:
    video = source.streams.video[0].codec_context
    if video.width * video.height > _MOST_PIXELS:
        raise TooManyPixels(limit_pixels=_MOST_PIXELS)
    sounds = {stream.codec_context.name for stream in source.streams.audio[:1]}
    if video.codec.canonical_name not in _PICTURES or not sounds <= _SOUNDS:
        raise TypeUnsupported(media_type=video.codec.canonical_name)


def _cover(source: InputContainer) -> Image.Image:
    """The first picture that is not all one colour, of the first second; the right way up."""
    first: Image.Image | None = None
    frames: Iterator[Any] = source.decode(video=0)
    for number, frame in enumerate(frames):
        picture = _upright(frame)
        if first is None:
            first = picture
        if not _is_blank(picture):
            return picture
        if number >= _LOOKED_AT:
            break
    if first is None:
        raise NothingInIt
    return first


def _upright(frame: Any) -> Image.Image:
    picture: Image.Image = frame.to_image()
    return picture.rotate(frame.rotation, expand=True) if frame.rotation % 360 else picture


def _is_blank(picture: Image.Image) -> bool:
    """Cameras begin with darkness."""
    low, high = picture.resize((8, 8)).convert("L").getextrema()
    return isinstance(low, int) and isinstance(high, int) and high - low < _BLANK


def _in_fresh_container(source: InputContainer, found: Format) -> tuple[bytes, float]:
    """(one video stream and one of sound as they came, how many seconds they last). Nothing else goes over."""
    ends = _Ends()
    # A file, because what a player needs first is moved to the beginning at the end.
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "video"
        options = {"movflags": "+faststart"} if found.name == "mp4" else {}
        with av.open(str(place), "w", format=found.name, options=options) as target:
            taken = [*source.streams.video[:1], *source.streams.audio[:1]]
            copies = {one.index: target.add_stream_from_template(one) for one in taken}
            for copy in copies.values():
                copy.metadata.clear()
            for packet in source.demux(taken):
                if packet.dts is None:
                    continue  # the end of a stream
                ends.see(packet.pts, packet.duration, packet.time_base)
                packet.stream = copies[packet.stream.index]
                target.mux(packet)
        return place.read_bytes(), ends.seconds


class _Ends:
    """When the first packet begins and the last ends."""

    def __init__(self) -> None:
        self._first: Fraction | None = None
        self._last = Fraction(0)

    def see(self, pts: int | None, duration: int | None, time_base: Fraction | None) -> None:
        """One more packet."""
        if pts is None or time_base is None:
            return
        begins = pts * time_base
        self._first = begins if self._first is None else min(self._first, begins)
        self._last = max(self._last, begins + (duration or 0) * time_base)

    @property
    def seconds(self) -> float:
        """What lies between."""
        return float(self._last - self._first) if self._first is not None else 0.0
