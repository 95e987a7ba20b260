"""Whether frames show a living person who does what was asked, in that order, and whose face it is.

A photograph held before the camera can be tilted and moved, but its eyes do not close, its mouth does not open, and
its nose stays between the same cheeks. A recording of somebody doing other things does them in another order. A
recording made to order, a mask or a face made by a machine in time are not told from a person here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from identity.look_at_pictures.faces import SMALLEST_FACE, Box, describe, distance, find_faces
from identity.look_at_pictures.landmarks import Signals, Tracker, signals
from identity.look_at_pictures.opening import Pixels

_CLOSED = 0.76
"""Of the eyes' usual opening."""
_OPEN = 0.12
"""The mouth's height by width, above its usual."""
_TURNED = 0.11
"""How far the nose leaves its usual place, as a share of the face's width."""
_SAME = 0.5
"""Further apart two frames show two people."""
_MOST_LOST = 0.34


@dataclass(frozen=True)
class Seen:
    """`why` not, when it is no living person: `no_face`, `several_faces`, `face_lost`, `not_moved`, `other_person`.
    `distance` is that to the portrait; None without one, or when the portrait shows no face. `ahead` is the frame that
    shows the face best."""

    live: bool
    why: str = ""
    distance: float | None = None
    ahead: int | None = None


def watch_face(frames: Sequence[Pixels], actions: Sequence[str], portrait: Pixels | None) -> Seen:
    """The verdict on all frames, in the order in which they were taken."""
    first = _first_face(frames)
    if isinstance(first, Seen):
        return first
    told = _followed(frames, *first)
    known = [(index, one) for index, one in enumerate(told) if one is not None]
    if len(known) < len(frames) * (1 - _MOST_LOST):
        return Seen(False, "face_lost")
    if not _done_in_order([one for _, one in known], actions):
        return Seen(False, "not_moved")
    looking = _looking_ahead(frames, known)
    if len(looking) < 2:
        return Seen(False, "face_lost")
    described = [describe(frames[index], box) for index, box in looking]
    if any(distance(one, other) > _SAME for one, other in pairwise(described)):
        return Seen(False, "other_person")
    return Seen(True, distance=_to_portrait(described, portrait), ahead=looking[0][0])


def _first_face(frames: Sequence[Pixels]) -> tuple[int, Box] | Seen:
    """The frame in which a face is first seen, within the first third."""
    for index, frame in enumerate(frames[: max(2, len(frames) // 3)]):
        boxes = find_faces(frame)
        if len(boxes) > 1 and boxes[1].side > boxes[0].side * 0.5:
            return Seen(False, "several_faces")
        if boxes and boxes[0].side >= SMALLEST_FACE:
            return index, boxes[0]
    return Seen(False, "no_face")


def _followed(frames: Sequence[Pixels], start: int, box: Box) -> list[Signals | None]:
    tracker = Tracker(box)
    told: list[Signals | None] = [None] * start
    for frame in frames[start:]:
        points = tracker.points(frame)
        told.append(None if points is None else signals(points))
    return told


def _done_in_order(told: Sequence[Signals], actions: Sequence[str]) -> bool:
    """Each action begins after the one before it, and none is done before its turn."""
    eyes = float(np.quantile([one.eyes for one in told], 0.7))
    mouth = float(np.quantile([one.mouth for one in told], 0.3))
    turn = float(np.median([one.turn for one in told]))
    done = [_act(one, eyes, mouth, turn) for one in told]
    sequence = [act for act, before in zip(done, ["", *done], strict=False) if act and act != before]
    merged = [act for act, before in zip(sequence, ["", *sequence], strict=False) if act != before]
    return merged == list(actions)


def _act(one: Signals, eyes: float, mouth: float, turn: float) -> str:
    """What is done in a frame; a turned head's eyes and mouth are seen from the side and say nothing."""
    if one.turn - turn > _TURNED:
        return "turn_left"
    if turn - one.turn > _TURNED:
        return "turn_right"
    if one.mouth - mouth > _OPEN:
        return "open_mouth"
    if one.eyes < eyes * _CLOSED:
        return "blink"
    return ""


def _looking_ahead(frames: Sequence[Pixels], known: Sequence[tuple[int, Signals]]) -> list[tuple[int, Box]]:
    """Up to three frames, early, in the middle and late, in which somebody looks at the camera and does nothing."""
    turn = float(np.median([one.turn for _, one in known]))
    eyes = float(np.median([one.eyes for _, one in known]))
    mouth = float(np.median([one.mouth for _, one in known]))

    def strain(one: Signals) -> float:
        return abs(one.turn - turn) * 4 + abs(one.eyes - eyes) + abs(one.mouth - mouth)

    third = max(1, len(known) // 3)
    parts = [known[:third], known[third : 2 * third], known[2 * third :]]
    found = []
    for part in filter(None, parts):
        for index, _ in sorted(part, key=lambda pair: strain(pair[1]))[:2]:
            boxes = find_faces(frames[index])
            if boxes:
                found.append((index, boxes[0]))
                break
    return found


def _to_portrait(described: Sequence[np.ndarray], portrait: Pixels | None) -> float | None:
    """The nearest of what was seen."""
    if portrait is None:
        return None
    boxes = find_faces(portrait)
    if not boxes:
        return None
    wanted = describe(portrait, boxes[0])
    return min(distance(one, wanted) for one in described)
