"""Pictures, written anew as JPEG: one to look at, one for the list. Whatever else the file held stays behind.

Of moving pictures the first is kept. Orientation is applied, colours become sRGB, what is transparent turns white.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import pillow_heif
from PIL import Image, ImageCms, ImageOps

from hospital.uploads.errors import Damaged, TooManyPixels
from hospital.uploads.formats import MOST_PIXELS, Format
from hospital.uploads.model import Variant, VariantName
from messaging.on_upload_put_check.made import Made

DISPLAY, THUMBNAIL = 2048, 320
"""The longer side, in pixels, at most."""
_QUALITY: Mapping[int, int] = {DISPLAY: 85, THUMBNAIL: 75}
_SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, OverflowError, MemoryError)
"""What Pillow's readers raise over broken files."""

pillow_heif.register_heif_opener()


def derive_picture(content: bytes, found: Format) -> Made:
    """`display` and `thumbnail` of a picture. `TooManyPixels` before any is decoded, `Damaged` if it does not open."""
    with _opened(content, found) as picture:
        display = _fitted(_plain(picture), DISPLAY)
    thumbnail = _fitted(display, THUMBNAIL)
    contents: dict[VariantName, bytes] = {
        "display": written(display, _QUALITY[DISPLAY]),
        "thumbnail": written(thumbnail, _QUALITY[THUMBNAIL]),
    }
    sizes = {"display": display.size, "thumbnail": thumbnail.size}
    return Made(contents, {name: jpeg(body, sizes[name]) for name, body in contents.items()})


def jpeg(content: bytes, size: tuple[int, int]) -> Variant:
    """The variant that some JPEG is; `size` is (width, height)."""
    return Variant(size=len(content), media_type="image/jpeg", width=size[0], height=size[1])


def written(picture: Image.Image, quality: int) -> bytes:
    """As JPEG, without anything that was said beside the pixels."""
    stream = io.BytesIO()
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    clean.save(stream, "JPEG", quality=quality, optimize=True, progressive=True)
    return stream.getvalue()


@contextmanager
def _opened(content: bytes, found: Format) -> Iterator[Image.Image]:
    """The picture, its first frame decoded no larger than it will be shown where the format allows that."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is lower
            with Image.open(io.BytesIO(content), formats=[found.name.upper()]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise TooManyPixels(limit_pixels=MOST_PIXELS)
                picture.draft("RGB", (DISPLAY, DISPLAY))
                picture.load()
                yield picture
    except Image.DecompressionBombError:
        raise TooManyPixels(limit_pixels=MOST_PIXELS) from None
    except _BROKEN:
        raise Damaged from None


def _plain(picture: Image.Image) -> Image.Image:
    """Eight bits of sRGB, the right way up, on white."""
    profile = picture.info.get("icc_profile")
    if picture.mode in ("L", "RGB", "RGBA", "CMYK"):
        picture.thumbnail((DISPLAY, DISPLAY), Image.Resampling.LANCZOS)  # before copies of many megapixels are made
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in _SIXTEEN_BIT:
        return _eight_bits(upright).convert("RGB")
    if upright.mode in ("P", "LA", "PA", "La", "RGBa") or "transparency" in upright.info:
        upright = upright.convert("RGBA")
    if upright.mode == "RGBA":
        white = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(white, upright).convert("RGB")
    return _in_srgb(upright, profile).convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Greys of 16 bits, brought to the range that is there: an X-ray may use a tenth of it."""
    wide = picture.convert("F")
    low, high = cast(tuple[float, float], wide.getextrema())
    span = (high - low) or 1.0
    return wide.point(lambda grey: grey * (255 / span) - low * (255 / span)).convert("L")


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """By its colour profile, where it has one that can be read."""
    if not profile or picture.mode not in ("RGB", "CMYK", "L"):
        return picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return turned or picture


def _fitted(picture: Image.Image, longest: int) -> Image.Image:
    """A copy whose longer side is at most `longest`; smaller ones keep their size."""
    copy = picture.copy()
    copy.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return copy
