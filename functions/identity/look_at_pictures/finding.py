"""Where in a picture the card lies, and the card laid flat.

The background is what the picture's border looks like; what differs from it and has four corners and a card's
proportions is the card. A picture that shows nothing but the card, or a desk too lively, gives no outline: then the
writing alone says where things are.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from identity.look_at_pictures.opening import Pixels

WIDTH, HEIGHT = 1000, 630
_LONGEST = 640
"""The outline is looked for in a small copy."""
_PROPORTIONS = (1.15, 2.1)
_CARD = 85.6 / 54
_EDGE = 0.008
"""A corner so near to the picture's edge (as a share of its longer side) is cut off by it."""


@dataclass(frozen=True)
class Outline:
    """Four corners in the picture's pixels, clockwise; `fill` is how much of the box round it the card's area fills,
    `touches` whether the picture's edge cuts it off, `proportions` its length by its height."""

    corners: Pixels
    fill: float
    touches: bool
    proportions: float = _CARD


def find_outline(picture: Pixels) -> Outline | None:
    """The card's outline; None when nothing stands out as one.

    A shadow's edge divides a card that is told from its ground by lightness, and a grey card on a grey ground is told
    by nothing else: both ways are tried, and what looks more like a card is taken.
    """
    scale = _LONGEST / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (5, 5), 0)
    found = [_outline(small, scale, weight) for weight in (1.0, 0.15)]
    return max(filter(None, found), key=_likeness, default=None)


def _likeness(outline: Outline) -> float:
    """How much like a card it looks: full corners, a card's proportions."""
    return outline.fill - 0.5 * abs(outline.proportions - _CARD)


def _outline(small: Pixels, scale: float, lightness: float) -> Outline | None:
    shape = _largest(_different(small, lightness))
    if shape is None:
        return None
    area, hull = cv2.contourArea(shape), cv2.convexHull(shape)
    (_, sides, _) = box = cv2.minAreaRect(shape)
    longer, shorter = max(sides), max(min(sides), 1.0)
    whole = small.shape[0] * small.shape[1]
    if not 0.12 * whole < area < 0.985 * whole or not _PROPORTIONS[0] < longer / shorter < _PROPORTIONS[1]:
        return None
    corners = _corners(hull)
    if corners is None:
        corners = cv2.boxPoints(box)
    fill, touches = float(area / (longer * shorter)), _is_cut_off(shape, small)
    return Outline(_clockwise(corners) / scale, fill, touches, float(longer / shorter))


def laid_flat(picture: Pixels, outline: Outline) -> Pixels:
    """The card alone, wider than high: upright or upside down, which its writing tells."""
    corners = outline.corners.astype(np.float32)
    across = np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[2] - corners[3])
    down = np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1])
    if down > across:
        corners = np.roll(corners, 1, axis=0)
    target = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    return cv2.warpPerspective(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def _different(small: Pixels, lightness: float) -> Pixels:
    """255 where the colour is not the border's; `lightness` weighs against hue."""
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).astype(np.float32)
    border = np.concatenate([lab[:6].reshape(-1, 3), lab[-6:].reshape(-1, 3), lab[:, :6].reshape(-1, 3),
                             lab[:, -6:].reshape(-1, 3)])  # fmt: skip
    middle = np.median(border, axis=0)
    spread = np.maximum(np.median(np.abs(border - middle), axis=0), 1.5)
    away = np.sqrt((((lab - middle) / (spread * [2.0 / lightness, 1.5, 1.5])) ** 2).sum(axis=2))
    scaled = np.clip(away * 12, 0, 255).astype(np.uint8)
    threshold, mask = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    if threshold < 24:
        _, mask = cv2.threshold(scaled, 36, 255, cv2.THRESH_BINARY)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))


def _largest(mask: Pixels) -> Pixels | None:
    shapes, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(shapes, key=cv2.contourArea, default=None)


def _corners(hull: Pixels) -> Pixels | None:
    """Four corners of something that has four; None for rounder things."""
    around = cv2.arcLength(hull, True)
    for share in (0.02, 0.03, 0.045, 0.06):
        found = cv2.approxPolyDP(hull, share * around, True)
        if len(found) == 4:
            return found.reshape(4, 2).astype(np.float32)
    return None


def _clockwise(corners: Pixels) -> Pixels:
    """From the corner nearest to the upper left."""
    middle = corners.mean(axis=0)
    order = np.argsort(np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0]))
    corners = corners[order]
    return np.roll(corners, -int(np.argmin(corners.sum(axis=1))), axis=0)


def _is_cut_off(shape: Pixels, small: Pixels) -> bool:
    """A stretch of its outline runs along the picture's edge."""
    height, width = small.shape[:2]
    near = max(3, round(_EDGE * max(height, width)))
    points = shape.reshape(-1, 2)
    edges = (
        points[points[:, 0] <= near][:, 1],
        points[points[:, 0] >= width - 1 - near][:, 1],
        points[points[:, 1] <= near][:, 0],
        points[points[:, 1] >= height - 1 - near][:, 0],
    )
    return any(len(edge) and int(edge.max() - edge.min()) > 0.08 * max(height, width) for edge in edges)
