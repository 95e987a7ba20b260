"""The embedded default: the hospital's own function watches, and compares with the card's portrait only."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from adapters import pictures
from adapters.face.port import Action, Claim, FramesRefused, Likeness, Verdict
from hospital.errors import Unavailable

SAME, OTHER = 0.45, 0.55
"""Nearer than the first it is the same person, further than the second another; between them somebody has to look.
Set by what could be measured: docs/cards-and-faces.md."""


@dataclass(frozen=True)
class Watched:
    """What the function saw. `distance` is that to a portrait, `ahead` the frame that shows the face best; None where
    there is none."""

    live: bool
    why: str
    distance: float | None
    ahead: int | None


def watched(frames: Sequence[bytes], actions: Sequence[Action], portrait: bytes = b"") -> Watched:
    """What the hospital's own function sees in the frames. `FramesRefused`, `Unavailable`."""
    asked = {
        "do": "watch_face",
        "frames": [base64.b64encode(frame).decode() for frame in frames],
        "actions": list(actions),
        "portrait": base64.b64encode(portrait).decode(),
    }
    answer = pictures.ask("face", asked)
    if refused := answer.get("refused"):
        raise FramesRefused(reason=refused)
    try:
        return Watched(bool(answer["live"]), str(answer["why"]), answer["distance"], answer["ahead"])
    except KeyError:
        raise Unavailable(adapter="face") from None


class EmbeddedFace:
    """Asks the function that looks at pictures."""

    def check(self, frames: Sequence[bytes], actions: Sequence[Action], claim: Claim) -> Verdict:
        """See `FaceChecker`."""
        seen = watched(frames, actions, claim.portrait)
        if not seen.live:
            return Verdict(False, seen.why)
        if seen.distance is None:  # the card's portrait shows no face that could be found
            return Verdict(True, likeness="doubtful", ahead=seen.ahead)
        near = float(seen.distance)
        return Verdict(True, likeness=_likeness(near), score=round(near, 3), ahead=seen.ahead)


def _likeness(distance: float) -> Likeness:
    if distance < SAME:
        return "same"
    return "doubtful" if distance < OTHER else "other"
