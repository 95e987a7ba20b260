"""A report of `infra.measure_faces`, as it would be of a set that shows what is asked."""

from __future__ import annotations

from typing import Any


def face_figures(**changes: Any) -> dict[str, Any]:
    """1,000 pairs, of which one is in doubt."""
    return {
        "pairs": 1000, "genuine": 400, "impostor": 600, "right": 999, "wrong": 0, "in_doubt": 1, "accuracy": 0.999,
        "at_least": 0.99436, "asked": 0.99, "shown": True, "far": 0.0, "frr": 0.0025, "same_below": 0.45,
        "other_from": 0.55, "curve": [{"threshold": 0.45, "far": 0.0, "frr": 0.0025}], "pictures": 300,
        "left_out": 2, "versions": {"dlib-bin": "20.0.1.post1"}, "unused": {"王芳/1.jpg": "no_face"},
    } | changes  # fmt: skip
