"""Files as people send them, and as nobody should: made here, a few kilobytes each."""

from __future__ import annotations

import base64
import hashlib
import io
import math
import struct
import zipfile
import zlib
from fractions import Fraction
from typing import Any

import av
import pillow_heif
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image, ImageDraw

pillow_heif.register_heif_opener()

RED, GREEN = (200, 30, 30), (30, 160, 60)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SCRIPTED_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.cookie)</script></svg>'
_GPS_INFO, _GPS_LATITUDE, _ORIENTATION, _MAKER = 0x8825, 2, 0x0112, 0x010F


def digest(content: bytes) -> str:
    """As a client states it."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


# -- pictures -------------------------------------------------------------------------------------------------------


def drawn(width: int = 640, height: int = 400, mode: str = "RGB") -> Image.Image:
    """Red on the left, green on the right, a line of text between."""
    picture = Image.new("RGB", (width, height), RED)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((width // 2, 0, width, height), fill=GREEN)
    pen.text((width // 3, height // 2), "WBC 7.2", fill=(255, 255, 255))
    return picture.convert(mode)


def picture(format_: str = "JPEG", width: int = 640, height: int = 400, mode: str = "RGB", **options: Any) -> bytes:
    """A picture in that format of Pillow's."""
    stream = io.BytesIO()
    drawn(width, height, mode).save(stream, format_, **options)
    return stream.getvalue()


def photo(width: int = 640, height: int = 400, *, orientation: int = 6) -> bytes:
    """A phone's: turned, and it says where it was taken and with what."""
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_MAKER] = orientation, "PhoneMaker"
    exif.get_ifd(_GPS_INFO)[_GPS_LATITUDE] = (30.0, 14.0, 45.0)
    return picture(width=width, height=height, exif=exif, quality=95)


def noisy(width: int, height: int) -> bytes:
    """A large photo: detail everywhere, so that it does not shrink by itself."""
    stream = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(stream, "JPEG", quality=97)
    return stream.getvalue()


def moving(format_: str) -> bytes:
    """Three pictures one after the other: GIF or WEBP."""
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, GREEN, (0, 0, 0))]
    stream = io.BytesIO()
    frames[0].save(stream, format_, save_all=True, append_images=frames[1:], duration=100)
    return stream.getvalue()


def grey_of_16_bits() -> bytes:
    """As scanners write X-rays: a small part of the range is used."""
    grey = Image.new("I;16", (64, 64), 1000)
    grey.paste(3000, (32, 0, 64, 64))
    stream = io.BytesIO()
    grey.save(stream, "PNG")
    return stream.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it is enormous."""
    header = struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def polyglot() -> bytes:
    """A picture that is an archive as well."""
    return picture() + archive({"run.js": b"alert(1)"})


# -- recordings -----------------------------------------------------------------------------------------------------

_VOICES = {
    "webm": ("webm", "libopus"), "ogg": ("ogg", "libopus"), "m4a": ("mp4", "aac"), "mp3": ("mp3", "libmp3lame"),
    "wav": ("wav", "pcm_s16le"), "aac": ("adts", "aac"),
}  # fmt: skip


def voice(kind: str = "webm", seconds: float = 2.0) -> bytes:
    """A tone, as a phone records it: `webm`, `ogg`, `m4a`, `mp3`, `wav` or `aac`."""
    container, codec = _VOICES[kind]
    rate, stream = 48_000, io.BytesIO()
    with av.open(stream, "w", format=container) as target:
        track: Any = target.add_stream(codec, rate=rate)
        track.layout = "mono"
        _record(target, track, seconds, rate)
    return stream.getvalue()


def _record(target: Any, track: Any, seconds: float, rate: int) -> None:
    count, step = round(seconds * rate), 960
    wave = b"".join(struct.pack("<h", round(9000 * math.sin(at / 17))) for at in range(min(count, rate)))
    for first in range(0, count, step):
        length = min(step, count - first)
        place = (first % rate) * 2
        sound = (wave + wave)[place : place + length * 2].ljust(length * 2, b"\0")
        frame = AudioFrame(format="s16", layout="mono", samples=length)
        frame.planes[0].update(sound.ljust(frame.planes[0].buffer_size, b"\0"))
        frame.rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
        target.mux(track.encode(frame))
    target.mux(track.encode(None))


def video(kind: str = "mp4", seconds: float = 2.0, width: int = 160, height: int = 120, fps: int = 5) -> bytes:
    """A short video with a moving bar: `mp4` and `mov` (H.264), `webm` (VP8). It says where it was taken."""
    container, codec = {"mp4": ("mp4", "libx264"), "mov": ("mov", "libx264"), "webm": ("webm", "libvpx")}[kind]
    stream = io.BytesIO()
    with av.open(stream, "w", format=container, container_options={"movflags": "use_metadata_tags"}) as target:
        target.metadata["com.apple.quicktime.location.ISO6709"] = "+30.2459+120.1500/"
        track: Any = target.add_stream(codec, rate=fps)
        track.width, track.height, track.pix_fmt = width, height, "yuv420p"
        for number in range(round(seconds * fps)):
            shown = Image.new("RGB", (width, height), (0, 0, 0) if number == 0 else RED)
            if number:
                ImageDraw.Draw(shown).rectangle((number * 8 % width, 0, number * 8 % width + 40, height), fill=GREEN)
            frame = VideoFrame.from_image(shown)
            frame.pts, frame.time_base = number, Fraction(1, fps)
            target.mux(track.encode(frame))
        target.mux(track.encode(None))
    return stream.getvalue()


# -- documents ------------------------------------------------------------------------------------------------------


def pdf(*objects: bytes) -> bytes:
    """A PDF of one empty page, with more objects if some are given."""
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    return body + b"\n".join(objects) + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def hidden_script_pdf() -> bytes:
    """Its script stands in a compressed stream of objects."""
    packed = zlib.compress(b"5 0 6 20 <</S/JavaScript/JS(app.alert(1))>> <<>>")
    return pdf(b"4 0 obj<</Type/ObjStm/N 2/First 9/Filter/FlateDecode>>stream\n" + packed + b"\nendstream endobj")


def archive(entries: dict[str, bytes], *, packed: bool = True) -> bytes:
    """A ZIP of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as target:
        for name, content in entries.items():
            target.writestr(name, content)
    return stream.getvalue()


def locked_archive() -> bytes:
    """A ZIP with a password: every header says so."""
    whole = bytearray(archive({"报告.txt": b"secret"}, packed=False))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(mark) + place] |= 1
    return bytes(whole)


def archive_bomb() -> bytes:
    """A few kilobytes that unpack to 40 megabytes."""
    return archive({"zeros.txt": bytes(40_000_000)})


def office(folder: str = "word", **more: bytes) -> bytes:
    """An office document: `word`, `xl` or `ppt`; `more` are further parts below the folder."""
    entries = {"[Content_Types].xml": b"<Types/>", f"{folder}/document.xml": b"<w/>"}
    return archive(entries | {f"{folder}/{name.replace('__', '.')}": body for name, body in more.items()})


def old_office(*, macro: bool = False) -> bytes:
    """The beginning of a `.doc`, with or without the directory entry of a macro."""
    name = "_VBA_PROJECT" if macro else "WordDocument"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + name.encode("utf-16-le") + bytes(64)


def dicom() -> bytes:
    """The beginning of a DICOM file."""
    return bytes(128) + b"DICM" + bytes(200)
