"""What plain image processing can tell about a photograph of a card, each with how sure that is.

Thresholds were set on cards drawn by our own generator, never on real ones: docs/cards-and-faces.md says what was
measured. None of this proves a card real: a colour print, a sharp screen or a good forgery shows nothing here.
"""

from __future__ import annotations

import cv2
import numpy as np

from identity.look_at_pictures.finding import Outline
from identity.look_at_pictures.opening import Pixels

_GREY = 1.2
_RIPPLE = 3.2
_SHARP = 20.0
_FULL = 0.968
_SILENT = 0.35
_LEAST_NOISE = 0.9
_LEAST_BLOCKS = 24
_BLOCK = 12
_LEAST_FINE = 1000
"""Pixels of the longer side; in coarser pictures the compression has taken the noise everywhere."""


def alarms(picture: Pixels, card: Pixels, outline: Outline | None) -> dict[str, str]:
    """Code -> `certain` or `hint`."""
    found: dict[str, str] = {}
    if chroma(card) < _GREY:
        found["photocopy"] = "certain"
    elif silence(picture, outline) > _LEAST_BLOCKS:
        found["edited"] = "hint"
    if ripple(picture) > _RIPPLE:
        found["screen"] = "hint"
    if sharpness(card) < _SHARP:
        found["blurred"] = "certain"
    if outline is not None and outline.touches:
        found["cut_off"] = "certain"
    elif outline is not None and outline.fill < _FULL and _has_bite(card):
        found["covered"] = "hint"
    return found


def chroma(card: Pixels) -> float:
    """Mean distance of its colours from grey, in Lab."""
    lab = cv2.cvtColor(card, cv2.COLOR_BGR2LAB).astype(np.float32)[..., 1:]
    middle = np.median(lab.reshape(-1, 2), axis=0)
    return float(np.abs(lab - middle).mean())


def sharpness(card: Pixels) -> float:
    """Variance of the Laplacian of the card at its standard size, as if it were in full light."""
    grey = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY).astype(np.float32)
    light = max(float(np.percentile(grey, 95)), 1.0)
    return float(cv2.Laplacian(cv2.GaussianBlur(grey * (230 / light), (3, 3), 0), cv2.CV_32F).var())


def ripple(picture: Pixels) -> float:
    """How far the strongest narrow peak of the spectrum stands above its surroundings: what two grids that beat against
    each other leave behind. In standard deviations of the logarithm."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    size = min(512, *grey.shape)
    top, left = (grey.shape[0] - size) // 2, (grey.shape[1] - size) // 2
    window = np.outer(np.hanning(size), np.hanning(size))
    spectrum = np.log1p(np.abs(np.fft.fftshift(np.fft.fft2(grey[top : top + size, left : left + size] * window))))
    around = cv2.blur(spectrum, (25, 25))
    spread = np.sqrt(np.maximum(cv2.blur(spectrum**2, (25, 25)) - around**2, 1e-6))
    y, x = np.indices(spectrum.shape) - size // 2
    radius = np.sqrt(x**2 + y**2)
    # Slow waves are the picture itself; along the axes lie the edges of upright things.
    fine = (radius > size * 0.15) & (np.abs(x) > 3) & (np.abs(y) > 3)
    return float(((spectrum - around) / spread)[fine].max())


def silence(picture: Pixels, outline: Outline | None) -> int:
    """How many blocks of the card, one beside the other, lack the noise that the sensor left everywhere else: what was
    painted over afterwards. 0 for pictures with too little noise to tell."""
    if outline is None or max(picture.shape[:2]) < _LEAST_FINE:
        return 0
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    residue = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.2))
    height, width = (side // _BLOCK for side in grey.shape)
    blocks = residue[: height * _BLOCK, : width * _BLOCK].reshape(height, _BLOCK, width, _BLOCK)
    noise = np.median(blocks.transpose(0, 2, 1, 3).reshape(height, width, -1), axis=2)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(inside, np.round(outline.corners / _BLOCK).astype(np.int32), 1)
    inside = cv2.erode(inside, np.ones((3, 3), np.uint8))
    light = cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA)
    seen = (inside > 0) & (light < 250)
    usual = float(np.median(noise[seen])) if seen.any() else 0.0
    if usual < _LEAST_NOISE:
        return 0
    quiet = (seen & (noise < _SILENT * usual)).astype(np.uint8)
    _, _, sizes, _ = cv2.connectedComponentsWithStats(quiet, connectivity=4)
    return int(sizes[1:, cv2.CC_STAT_AREA].max(initial=0))


def _has_bite(card: Pixels) -> bool:
    """Skin or cloth where the card's pale ground should be, along its edges."""
    lab = cv2.cvtColor(card, cv2.COLOR_BGR2LAB).astype(np.float32)
    height, width = lab.shape[:2]
    ring = np.ones((height, width), bool)
    ring[36:-36, 36:-36] = False
    ground = np.median(lab[ring], axis=0)
    away = np.sqrt((((lab - ground) * [0.5, 1.0, 1.0]) ** 2).sum(axis=2))
    return float((away[ring] > 14).mean()) > 0.03
