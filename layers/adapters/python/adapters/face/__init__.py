"""The port that watches faces.

`FACE_ADAPTER` names the adapter. `embedded` is the default: it truly watches, and compares with the portrait on the
card, which proves less than a comparison with the register (level `card_portrait`). What it was measured on, and what
could not be measured, stands in docs/cards-and-faces.md. `tencent` leaves all to that vendor and its register;
`hybrid` watches in the house and asks the register about one still. Both find it at `FACE_URL`, where the hospital has
an address of its own for it.
"""

from __future__ import annotations

from adapters.face.embedded import EmbeddedFace
from adapters.face.port import Action, Claim, FaceChecker, FramesRefused, Level, Likeness, Verdict
from adapters.face.tencent_faceid import HybridFace, TencentFace
from hospital import settings

__all__ = (
    "Action",
    "AdapterUnknown",
    "Claim",
    "FaceChecker",
    "FramesRefused",
    "Level",
    "Likeness",
    "Verdict",
    "checker",
)


class AdapterUnknown(RuntimeError):
    """`FACE_ADAPTER` names no adapter."""


def checker() -> FaceChecker:
    """The adapter that the settings name."""
    current = settings.current()
    if current.face_adapter == "embedded":
        return EmbeddedFace()
    if current.face_adapter == "hybrid":
        return HybridFace(current.face_url)
    if current.face_adapter == "tencent":
        return TencentFace(current.face_url)
    raise AdapterUnknown(f"FACE_ADAPTER={current.face_adapter} is no known adapter; known: embedded, hybrid, tencent")
