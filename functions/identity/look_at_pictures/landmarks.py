"""468 points of a face, by FaceMesh's plain model in OpenCV, and what they say of eyes, mouth and head.

In the image the model's file lies beside this one; on a developer's machine it is cut from the pages' packages.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from identity.look_at_pictures import landmark_model
from identity.look_at_pictures.faces import Box
from identity.look_at_pictures.opening import Pixels

_MODEL = Path(__file__).with_name("face_landmark.tflite")
_PACKAGE = Path(__file__).parents[3] / "web/node_modules/@mediapipe/face_mesh"
_SIDE = 192
_LEAST_SURE = 0.5
_POINTS, _FACE = "conv2d_21", "conv2d_31"
"""The layers that say where the points are, and (before its sigmoid) how surely there is a face at all."""
_LEFT_EYE, _RIGHT_EYE = (33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380)
_LIPS = (13, 14, 78, 308)
_CHEEKS, _NOSE = (234, 454), 1


@dataclass(frozen=True)
class Signals:
    """`eyes`: height by width of the more open eye. `mouth`: the same of the lips' inner edge. `turn`: where the nose
    stands between the cheeks, 0.5 in the middle, more when the head turns to the person's left (the picture is not
    mirrored)."""

    eyes: float
    mouth: float
    turn: float


class Tracker:
    """Follows one face from frame to frame: where it was is where it is looked for."""

    def __init__(self, box: Box) -> None:
        self.centre = np.array([box.x + box.side / 2, box.y + box.side / 2])
        self.side, self.angle = box.side * 1.6, 0.0

    def points(self, frame: Pixels) -> Pixels | None:
        """The 468 points in the frame's pixels, with depth as third; None when the face is lost."""
        found = self._look(frame)
        return None if found is None else self._look(frame)  # once more, now that it is upright in the window

    def _look(self, frame: Pixels) -> Pixels | None:
        scale = _SIDE / self.side
        turn = cv2.getRotationMatrix2D(tuple(map(float, self.centre)), float(np.degrees(self.angle)), scale)
        turn[:, 2] = turn[:, 2] + _SIDE / 2 - self.centre
        window = cv2.warpAffine(frame, turn, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE)
        blob = window[..., ::-1].astype(np.float32)[None].transpose(0, 3, 1, 2) / 255.0
        network = _network()
        network.setInput(np.ascontiguousarray(blob))
        mesh = network.forward(_POINTS).reshape(468, 3).copy()
        if 1 / (1 + np.exp(-float(network.forward(_FACE).item()))) < _LEAST_SURE:
            return None
        back = cv2.invertAffineTransform(turn)
        flat = np.concatenate([mesh[:, :2], np.ones((468, 1))], axis=1) @ back.T
        points = np.concatenate([flat, mesh[:, 2:] / scale], axis=1)
        self._follow(points)
        return points

    def _follow(self, points: Pixels) -> None:
        low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
        self.centre, self.side = (low + high) / 2, float((high - low).max()) * 1.5
        eyes = points[263, :2] - points[33, :2]
        self.angle = float(np.arctan2(eyes[1], eyes[0]))


def signals(points: Pixels) -> Signals:
    """What 468 points say."""
    left, right = points[_CHEEKS[0], :2], points[_CHEEKS[1], :2]
    across = right - left
    turn = float((points[_NOSE, :2] - left) @ across / (across @ across))
    upper, lower, one, other = (points[index, :2] for index in _LIPS)
    mouth = float(np.linalg.norm(upper - lower) / (np.linalg.norm(one - other) + 1e-6))
    return Signals(max(_openness(points, _LEFT_EYE), _openness(points, _RIGHT_EYE)), mouth, turn)


def _openness(points: Pixels, eye: tuple[int, ...]) -> float:
    corner, top, top2, other, bottom, bottom2 = (points[index, :2] for index in eye)
    high = np.linalg.norm(top - bottom2) + np.linalg.norm(top2 - bottom)
    return float(high / (2 * np.linalg.norm(corner - other) + 1e-6))


@cache
def _network() -> Any:
    model = _MODEL.read_bytes() if _MODEL.exists() else landmark_model.cut(_PACKAGE)
    return cv2.dnn.readNetFromTFLite(np.frombuffer(model, np.uint8))
