"""Cuts FaceMesh's plain landmark model out of the npm package `@mediapipe/face_mesh` (Apache-2.0).

The package holds its models one behind the other in a `.data` file; the loader beside it says from where to where each
lies. The model "with attention" uses an operator that OpenCV does not know. Run alone when an image is built:
`python landmark_model.py <folder of the package> <file to write>`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKED = "face_mesh_solution_packed_assets"
_PLACE = re.compile(r'"filename": "[^"]*/face_landmark\.tflite", "start": (\d+), "end": (\d+)')


class ModelMissing(RuntimeError):
    """The package is not the one that this was written for."""


def cut(package: Path) -> bytes:
    """The model's bytes: 468 points of a face out of 192 x 192 pixels."""
    place = _PLACE.search((package / f"{PACKED}_loader.js").read_text(encoding="utf-8"))
    if place is None:
        raise ModelMissing(f"{package} names no face_landmark.tflite")
    model = (package / f"{PACKED}.data").read_bytes()[int(place[1]) : int(place[2])]
    if model[4:8] != b"TFL3":
        raise ModelMissing(f"{package} holds something else where the model should be")
    return model


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(cut(Path(sys.argv[1])))
