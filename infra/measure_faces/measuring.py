"""Comparing labelled pictures as the hospital does it, and counting how often it is right."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from adapters.face.embedded import OTHER, SAME
from identity.look_at_pictures.faces import SMALLEST_FACE, describe, distance, find_faces, models
from identity.look_at_pictures.opening import Unreadable, opened

from .labels import Pair

LONGEST = 480
"""Pixels, as the function opens what is compared."""
ASKED = 0.99
"""Of all verdicts (ledger, ID-08)."""
_SURE = 1.96
"""A 95 % interval."""
_CURVE = tuple(round(0.3 + 0.02 * step, 2) for step in range(21))


class Point(BaseModel):
    """What a threshold would do: shares of impostors taken for the person, and of persons taken for impostors."""

    threshold: float
    far: float
    frr: float


class Report(BaseModel):
    """`right` are genuine pairs called the same and impostors called others; a pair in doubt is neither right nor
    wrong, somebody looks at it. `accuracy` is the share of right verdicts among all pairs that could be compared,
    doubts counted as not right; `at_least` the lower end of its 95 % interval (Wilson). `shown` says whether the set
    shows the share that is asked: even the lower end does. `unused` names pictures that could not be used, and why:
    `missing`, `no_face`, `face_too_small`, or a code of `Unreadable`."""

    pairs: int
    genuine: int
    impostor: int
    right: int
    wrong: int
    in_doubt: int
    accuracy: float
    at_least: float
    asked: float
    shown: bool
    far: float
    frr: float
    same_below: float
    other_from: float
    curve: list[Point]
    pictures: int
    unused: dict[str, str]
    left_out: int
    versions: dict[str, str]


def measure(folder: Path, pairs: Sequence[Pair]) -> Report:
    """The report on these pairs. One with a picture in which no face is found is left out, and counted."""
    names = sorted({name for pair in pairs for name in (pair.first, pair.second)})
    looked = {name: _described(folder / name) for name in names}
    unused = {name: found for name, found in looked.items() if isinstance(found, str)}
    told = [
        (pair.same, distance(looked[pair.first], looked[pair.second]))
        for pair in pairs
        if pair.first not in unused and pair.second not in unused
    ]
    genuine, impostor = ([far for same, far in told if same == kind] for kind in (True, False))
    right = sum(far < SAME for far in genuine) + sum(far >= OTHER for far in impostor)
    doubt = sum(SAME <= far < OTHER for far in (*genuine, *impostor))
    at_least = _lower_end(right, len(told))
    return Report(
        pairs=len(told),
        genuine=len(genuine),
        impostor=len(impostor),
        right=right,
        wrong=len(told) - right - doubt,
        in_doubt=doubt,
        accuracy=_share(right, len(told)),
        at_least=at_least,
        asked=ASKED,
        shown=bool(genuine and impostor) and at_least >= ASKED,
        far=_share(sum(far < SAME for far in impostor), len(impostor)),
        frr=_share(sum(far >= SAME for far in genuine), len(genuine)),
        same_below=SAME,
        other_from=OTHER,
        curve=_curve(genuine, impostor),
        pictures=len(names),
        unused=unused,
        left_out=len(pairs) - len(told),
        versions=_versions(),
    )


def _described(file: Path) -> Any | str:
    """The numbers of the largest face, or why there are none."""
    try:
        picture = opened(file.read_bytes(), longest=LONGEST)
    except FileNotFoundError:
        return "missing"
    except Unreadable as unreadable:
        return unreadable.code
    boxes = find_faces(picture)
    if not boxes:
        return "no_face"
    return "face_too_small" if boxes[0].side < SMALLEST_FACE else describe(picture, boxes[0])


def _curve(genuine: Sequence[float], impostor: Sequence[float]) -> list[Point]:
    return [
        Point(
            threshold=at,
            far=_share(sum(far < at for far in impostor), len(impostor)),
            frr=_share(sum(far >= at for far in genuine), len(genuine)),
        )
        for at in _CURVE
    ]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 5) if whole else 0.0


def _lower_end(right: int, tried: int) -> float:
    """Of Wilson's interval: what `right` of `tried` shows at least."""
    if not tried:
        return 0.0
    share, square = right / tried, _SURE**2
    middle = share + square / (2 * tried)
    spread = _SURE * math.sqrt(share * (1 - share) / tried + square / (4 * tried**2))
    return round((middle - spread) / (1 + square / tried), 5)


def _versions() -> dict[str, str]:
    """Of the libraries, and the beginning of each model's SHA-256."""
    libraries = {name: version(name) for name in ("dlib-bin", "face-recognition-models", "numpy")}
    return libraries | {model.name: _digest(model)[:16] for model in _used(models())}


def _used(folder: Path) -> Iterable[Path]:
    return (folder / name for name in sorted(("shape_predictor_5_face_landmarks.dat",
                                              "dlib_face_recognition_resnet_model_v1.dat")))  # fmt: skip


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
