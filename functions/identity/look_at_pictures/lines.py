"""The writing in a picture, line by line, by PP-OCRv6 (RapidOCR 3.10, whose wheel holds the models)."""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from identity.look_at_pictures.opening import Pixels

_LEAST_SURE = 0.5


@dataclass(frozen=True)
class Line:
    """One piece of writing: its middle `x`, `y`, its `left` and its `height`, as shares of the picture's width."""

    text: str
    x: float
    y: float
    left: float
    right: float
    height: float
    sure: float


def read_lines(picture: Pixels) -> list[Line]:
    """All that can be read, from the top to the bottom."""
    said = _engine()(picture)
    if said.boxes is None:
        return []
    width = picture.shape[1]
    lines = []
    for box, text, sure in zip(said.boxes, said.txts, said.scores, strict=True):
        plain = plain_text(text)
        if plain and sure >= _LEAST_SURE:
            xs, ys = box[:, 0] / width, box[:, 1] / width
            low, high = float(ys.min()), float(ys.max())
            lines.append(
                Line(plain, float(xs.mean()), (low + high) / 2, float(xs.min()), float(xs.max()), high - low, sure)
            )
    return sorted(lines, key=lambda line: (line.y, line.x))


def turned_round(lines: list[Line], height: float) -> list[Line]:
    """The same lines of a picture upside down: each was read the right way, only their places are reversed."""
    turned = [
        replace(line, x=1 - line.x, y=height - line.y, left=1 - line.right, right=1 - line.left) for line in lines
    ]
    return sorted(turned, key=lambda line: (line.y, line.x))


def plain_text(text: str) -> str:
    """Without spaces, with ordinary digits and letters."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@cache
def _engine() -> Any:
    """Loaded once, with the first picture."""
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 2})
