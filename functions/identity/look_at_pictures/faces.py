"""Where a face is, and whose: dlib's frontal detector, its 5-point alignment and its ResNet of 128 numbers.

Two pictures of one person lie nearer together than two people: docs/cards-and-faces.md says what was measured, and
what could not be.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from identity.look_at_pictures.opening import Pixels

SMALLEST_FACE = 60
"""Pixels across; what is smaller is not compared."""


class Box(NamedTuple):
    """A square round a face, in pixels."""

    x: float
    y: float
    side: float


def find_faces(picture: Pixels) -> list[Box]:
    """Faces that look at the camera, the largest first."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    found = _detector()(grey, 1 if max(grey.shape) < 400 else 0)
    boxes = [Box(one.left(), one.top(), max(one.width(), one.height())) for one in found]
    return sorted(boxes, key=lambda box: -box.side)


def describe(picture: Pixels, box: Box) -> Any:
    """The 128 numbers of a face."""
    import dlib

    rgb = np.ascontiguousarray(picture[..., ::-1])
    place = dlib.rectangle(int(box.x), int(box.y), int(box.x + box.side), int(box.y + box.side))
    shape = _five_points()(rgb, place)
    return np.array(_network().compute_face_descriptor(rgb, shape))


def distance(one: Any, other: Any) -> float:
    """0 for the same picture; customary doubt begins above 0.45."""
    return float(np.linalg.norm(one - other))


@cache
def _detector() -> Any:
    import dlib

    return dlib.get_frontal_face_detector()


@cache
def _five_points() -> Any:
    import dlib

    return dlib.shape_predictor(str(models() / "shape_predictor_5_face_landmarks.dat"))


@cache
def _network() -> Any:
    import dlib

    return dlib.face_recognition_model_v1(str(models() / "dlib_face_recognition_resnet_model_v1.dat"))


def models() -> Path:
    """Where the models lie. The package is only a folder here: importing it would want a setuptools that is gone."""
    found = importlib.util.find_spec("face_recognition_models")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("face_recognition_models")
    return Path(next(iter(found.submodule_search_locations))) / "models"
