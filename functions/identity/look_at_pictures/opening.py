"""Bytes of a photograph as an array of blue, green and red, the right way up."""

from __future__ import annotations

import io
import struct
import warnings
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageOps

Pixels = Any
"""An array of height x width x 3 bytes, in OpenCV's order: blue, green, red."""

MOST_PIXELS = 50_000_000
LONGEST = 1600
"""The longer side of what is looked at; finer detail helps no model here."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, OverflowError, MemoryError)


class Unreadable(Exception):
    """Not a picture that is looked at; `code` says why: `picture.damaged` or `picture.too_many_pixels`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def opened(content: bytes, longest: int = LONGEST) -> Pixels:
    """The picture, at most `longest` on its longer side. `Unreadable` before anything large is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is lower
            with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Unreadable("picture.too_many_pixels")
                picture.draft("RGB", (longest, longest))
                upright = ImageOps.exif_transpose(picture).convert("RGB")
    except Image.DecompressionBombError:
        raise Unreadable("picture.too_many_pixels") from None
    except _BROKEN:
        raise Unreadable("picture.damaged") from None
    upright.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return cv2.cvtColor(np.asarray(upright), cv2.COLOR_RGB2BGR)


def as_jpeg(pixels: Pixels, quality: int = 85) -> bytes:
    """The same as a file."""
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return bytes(encoded.tobytes())
