"""A close-up as a camera would see it, made from a seed: skin with a rash, hairs, a ruler's lines, small print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
SIZE = (1920, 1080)


def skin(seed: int = 1) -> Picture:
    """1920 x 1080, BGR. Spots of 2-6 px radius, hairs one pixel wide, lines every 4-12 px, print of 14 px."""
    chance = np.random.default_rng(seed)
    width, height = SIZE
    coarse = chance.standard_normal((18, 32)).astype(np.float32)
    shade = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC)[..., None] * np.array([6, 7, 5])
    pores = cv2.GaussianBlur(chance.standard_normal((height, width)).astype(np.float32), (0, 0), 1.6)[..., None] * 14
    picture = np.clip(np.array([150, 180, 222]) + shade + pores, 0, 255).astype(np.uint8)
    for _ in range(900):
        at = (int(chance.normal(width * 0.45, 260)), int(chance.normal(height * 0.5, 190)))
        colour = (int(chance.integers(80, 130)), int(chance.integers(80, 130)), int(chance.integers(180, 225)))
        cv2.circle(picture, at, int(chance.integers(2, 7)), colour, -1, cv2.LINE_AA)
    for _ in range(160):
        start = chance.integers((0, 0), SIZE)
        end = start + chance.normal(0, 60, 2).astype(int)
        cv2.line(picture, _point(start), _point(end), (60, 70, 85), 1, cv2.LINE_AA)
    for number, gap in enumerate((4, 6, 8, 12)):
        for x in range(1560, 1860, gap):
            cv2.line(picture, (x, 60 + 90 * number), (x, 120 + 90 * number), (40, 40, 40), 1)
    for row in range(8):
        text = "".join(map(str, chance.integers(0, 10, 26)))
        cv2.putText(picture, text, (1500, 560 + 40 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (30, 30, 30), 1, cv2.LINE_AA)
    return picture


def detail(picture: Picture) -> Picture:
    """The part with the lines and the print, where a smaller picture shows: skin is smooth, and alike in any size."""
    return picture[40:880, 1480:1880]


def _point(of: NDArray[np.int64]) -> tuple[int, int]:
    return int(of[0]), int(of[1])


def show(film: Path, pictures: Sequence[Picture], seed: int = 1) -> None:
    """A film for Chromium's fake camera, round and round: each picture with a sensor's noise of its own."""
    chance = np.random.default_rng(seed)
    parts = [f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F15:1 Ip A1:1 C420jpeg\n".encode()]
    for picture in pictures:
        noisy = np.clip(picture + chance.normal(0, 2, picture.shape), 0, 255).astype(np.uint8)
        parts += [b"FRAME\n", cv2.cvtColor(noisy, cv2.COLOR_BGR2YUV_I420).tobytes()]
    film.write_bytes(b"".join(parts))


def swaying(picture: Picture) -> list[Picture]:
    """As a hand holds a phone: eight views, up to 6 px from the first, round and round."""
    turns = [2 * np.pi * number / 8 for number in range(8)]
    places = [(round(6 * np.cos(turn)) - 6, round(4 * np.sin(turn))) for turn in turns]
    return [cast(Picture, np.roll(picture, place, (1, 0))) for place in places]


def as_large(picture: Picture) -> Picture:
    """A smaller one drawn over the same glass, as a page would."""
    same = picture.shape[1::-1] == SIZE
    return picture if same else cast(Picture, cv2.resize(picture, SIZE, interpolation=cv2.INTER_CUBIC))


def ssim(one: Picture, other: Picture) -> float:
    """Mean structural similarity of the luma (Wang et al. 2004: Gaussian window of 1.5, K 0.01 and 0.03)."""
    a, b = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float64) for picture in (one, other))
    blurred = [cv2.GaussianBlur(plane, (11, 11), 1.5) for plane in (a, b, a * a, b * b, a * b)]
    mean_a, mean_b, aa, bb, ab = blurred
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    over = (2 * mean_a * mean_b + c1) * (2 * (ab - mean_a * mean_b) + c2)
    under = (mean_a**2 + mean_b**2 + c1) * (aa - mean_a**2 + bb - mean_b**2 + c2)
    return float(np.mean(over / under))


def psnr(one: Picture, other: Picture) -> float:
    """dB, of the luma."""
    a, b = (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float64) for picture in (one, other))
    return float(10 * np.log10(255**2 / max(np.mean((a - b) ** 2), 1e-9)))
