"""What everybody does who says whether a living person did what was asked, and whose face it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from hospital.errors import Invalid

Action = Literal["turn_left", "turn_right", "blink", "open_mouth"]
Likeness = Literal["same", "doubtful", "other"]
Level = Literal["card_portrait", "authority"]


class FramesRefused(Invalid):
    """Not pictures that can be looked at. Facts: `reason`."""

    code = "face.frames_refused"


@dataclass(frozen=True)
class Claim:
    """Whose face it is said to be: the portrait of their card (JPEG), name and number."""

    portrait: bytes
    name: str
    number: str


@dataclass(frozen=True)
class Verdict:
    """`why` not, when it is not `live`. `likeness` and `score` (in the adapter's own measure) only when it is; `level`
    is what the face was compared with; `ahead` the frame that shows it best, where the adapter knows."""

    live: bool
    why: str = ""
    likeness: Likeness = "other"
    score: float | None = None
    level: Level = "card_portrait"
    ahead: int | None = None


class FaceChecker(Protocol):
    """Watches faces."""

    def check(self, frames: Sequence[bytes], actions: Sequence[Action], claim: Claim) -> Verdict:
        """The verdict on JPEG `frames` in the order they were taken. `FramesRefused`, `Unavailable`."""
