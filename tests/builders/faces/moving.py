"""Frames of a face that turns, blinks and opens its mouth: its 468 points are moved in space, its skin with them.

What a camera would see of a living person is imitated this far and no further: one face, no light that changes, no
hair that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import cv2
import numpy as np
from PIL import Image

from tests.builders.id_cards.cards import own_portrait
from tests.builders.id_cards.photographs import as_jpeg

Points = Any
CAPTURE = ("turn_left", "blink", "open_mouth")
_UPPER_LIDS = ((159, 145), (160, 144), (158, 153), (161, 163), (157, 154), (386, 374), (385, 380), (387, 373),
               (384, 381), (388, 390), (246, 7), (173, 155), (398, 382), (466, 249))  # fmt: skip
_FOLDS = (((27, 28, 29, 30, 56, 247), 159, 145), ((257, 258, 259, 260, 286, 467), 386, 374))
"""The skin above each eye, which follows its lid."""
_LOWER_LIP = (14, 87, 317, 178, 402, 88, 318, 95, 324, 17, 84, 314, 181, 405, 91, 321, 15, 16, 85, 86, 315, 316, 179,
              180, 403, 404, 89, 90, 319, 320, 96, 325, 77, 307)  # fmt: skip
_JAW = (152, 148, 377, 176, 400, 149, 378, 150, 379, 199, 200, 18, 83, 313, 182, 406, 175, 171, 396, 140, 369, 201, 421,
        208, 428, 32, 262, 194, 418)  # fmt: skip
_YAW, _GAPE = 0.42, 0.17
"""Radians of a turned head; how far a jaw falls, as a share of the face's height."""


def capture(actions: Sequence[str], portrait: Image.Image | None = None) -> list[bytes]:
    """JPEG frames of somebody who does all that was asked, looking ahead in between."""
    picture = portrait or own_portrait()
    frames = [moved(picture), moved(picture, sway=2)]
    for number, action in enumerate(actions):
        frames += [moved(picture, action, 0.6, sway=number), moved(picture, action, 1.0, sway=number + 1)]
        frames.append(moved(picture, sway=number + 2.5))  # no camera gives the same picture twice
    return [as_jpeg(frame, 85) for frame in frames]


def flat_replay(actions: Sequence[str]) -> list[bytes]:
    """A photograph held before the camera, tilted and moved for every action that is asked."""
    picture = np.asarray(own_portrait())
    height, width = picture.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    frames = []
    for number in range(2 + 3 * len(actions)):
        lean = 0.22 * width * np.sin(number * 1.1)
        target = source + np.array([[0, lean * 0.4], [0, -lean * 0.4], [-lean, lean * 0.4], [lean, -lean * 0.4]])
        matrix = cv2.getPerspectiveTransform(source, target.astype(np.float32))
        shown = cv2.warpPerspective(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        frames.append(as_jpeg(Image.fromarray(shown), 85))
    return frames


def moved(picture: Image.Image, action: str = "", how: float = 1.0, sway: float = 0) -> Image.Image:
    """One frame: `how` far from 0 to 1 the action is done; `sway` moves the whole by so many pixels."""
    pixels = np.asarray(picture.convert("RGB"))
    points = points_of(picture.convert("RGB").tobytes(), picture.size)
    warped = _warped(pixels, points[:, :2], _placed(points, action, how))
    shift = np.array([[1, 0, sway], [0, 1, -sway / 2]], np.float32)
    return Image.fromarray(cv2.warpAffine(warped, shift, picture.size, borderMode=cv2.BORDER_REPLICATE))


def stranger() -> Image.Image:
    """Somebody else: the same portrait with other proportions, so far from the first that nobody takes one for the
    other. No second face may be shown here."""
    picture = own_portrait()
    points = points_of(picture.tobytes(), picture.size)
    flat = points[:, :2].copy()
    middle, size = flat.mean(axis=0), float(np.ptp(flat[:, 1]))
    away = (flat - middle) / size
    flat[:, 0] += size * (0.34 * away[:, 0] * (0.6 + away[:, 1] * 1.4))
    flat[:, 1] += size * 0.07 * np.sin(away[:, 1] * 6.0)
    warped = _warped(np.asarray(picture), points[:, :2], flat)
    return Image.fromarray(np.clip(warped * np.array([0.72, 0.66, 0.6]), 0, 255).astype(np.uint8))


@cache
def points_of(content: bytes, size: tuple[int, int]) -> Points:
    """The 468 points of the face in a picture, in pixels, with depth."""
    from identity.look_at_pictures.faces import find_faces
    from identity.look_at_pictures.landmarks import Tracker

    pixels = np.frombuffer(content, np.uint8).reshape(size[1], size[0], 3)[..., ::-1].copy()
    found = Tracker(find_faces(pixels)[0]).points(pixels)
    assert found is not None
    return found


def _placed(points: Points, action: str, how: float) -> Points:
    moved_to = points.copy()
    height = float(np.ptp(points[:, 1]))
    if action == "blink":
        for upper, lower in _UPPER_LIDS:
            moved_to[upper, :2] += how * (points[lower, :2] - points[upper, :2])
        for folds, upper, lower in _FOLDS:
            moved_to[list(folds), :2] += how * 0.85 * (points[lower, :2] - points[upper, :2])
    if action == "open_mouth":
        moved_to[list(_LOWER_LIP), 1] += how * _GAPE * height
        moved_to[list(_JAW), 1] += how * _GAPE * height * 0.8
    if action in ("turn_left", "turn_right"):
        # Somebody's left is the right of a picture that is not mirrored.
        yaw = how * _YAW * (1 if action == "turn_left" else -1)
        middle = points.mean(axis=0)
        away = points - middle
        back = away[:, 2] + 0.35 * height  # the neck's axis lies behind the face
        moved_to[:, 0] = middle[0] + away[:, 0] * np.cos(yaw) - (back - 0.7 * height) * np.sin(yaw)
        moved_to[:, 0] -= float(np.mean(moved_to[:, 0])) - middle[0]
    return moved_to[:, :2]


def _warped(pixels: Points, source: Points, target: Points) -> Points:
    """The picture with every triangle between the points carried to its new place; the frame stays."""
    height, width = pixels.shape[:2]
    frame = np.array([[x, y] for x in (0, width / 2, width - 1) for y in (0, height / 2, height - 1)])
    frame = frame[[0, 1, 2, 3, 5, 6, 7, 8]]
    source, target = np.vstack([source, frame]), np.vstack([target, frame])
    out = pixels.copy()
    for corners in _triangles(source, (width, height)):
        one, other = source[corners].astype(np.float32), target[corners].astype(np.float32)
        x, y, wide, high = cv2.boundingRect(other)
        x, y = max(x, 0), max(y, 0)
        wide, high = min(wide + 1, width - x), min(high + 1, height - y)
        if wide <= 0 or high <= 0:
            continue
        matrix = cv2.getAffineTransform(one, other - np.array([x, y], np.float32))
        piece = cv2.warpAffine(pixels, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)
        mask = np.zeros((high, wide), np.uint8)
        cv2.fillConvexPoly(mask, np.round(other - [x, y]).astype(np.int32), 255)
        region = out[y : y + high, x : x + wide]
        region[mask > 0] = piece[mask > 0]
    return out


def _triangles(points: Points, size: tuple[int, int]) -> list[list[int]]:
    plane = cv2.Subdiv2D((-5, -5, size[0] + 10, size[1] + 10))
    known = {}
    for number, (x, y) in enumerate(points):
        place = (round(float(x), 2), round(float(y), 2))
        known.setdefault(place, number)
        plane.insert((float(np.float32(place[0])), float(np.float32(place[1]))))
    keys = np.array(list(known))
    numbers = list(known.values())
    found = []
    for triangle in plane.getTriangleList().reshape(-1, 3, 2):
        nearest = [int(np.argmin(((keys - corner) ** 2).sum(axis=1))) for corner in triangle]
        if all(((keys[near] - corner) ** 2).sum() < 0.5 for near, corner in zip(nearest, triangle, strict=True)):
            found.append([numbers[near] for near in nearest])
    return found
