"""What every reader of identity cards does, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from hospital.errors import Invalid, RuleBroken

Side = Literal["front", "back"]
Certainty = Literal["certain", "hint"]
WARNINGS = frozenset(
    {
        "photocopy", "screen", "edited", "cut_off", "covered", "blurred", "temporary", "number_unreadable",
        "number_disagrees", "validity_impossible", "suspicious",
    }
)  # fmt: skip
"""What a picture itself shows; `suspicious` where a vendor warns of something that has no name here. Whether a card has
expired is judged by whoever knows today."""

FIELDS: Mapping[Side, tuple[str, ...]] = {
    "front": ("name", "sex", "ethnicity", "birth_date", "address", "number"),
    "back": ("authority", "valid_from", "valid_until"),
}
"""As printed, dates as `YYYY-MM-DD`, `长期` for a card without an end; what cannot be read is empty."""


class PictureRefused(Invalid):
    """Not a picture that can be looked at: damaged, or of far too many pixels. Facts: `reason`."""

    code = "id_card.picture_refused"


class CardNotFound(RuleBroken):
    """There is no identity card in the picture."""

    code = "id_card.not_found"


class OtherSide(RuleBroken):
    """The picture shows the other side."""

    code = "id_card.other_side"


@dataclass(frozen=True)
class CardRead:
    """One side, with what of `WARNINGS` speaks against it. `card` is the card cut out and laid flat, `portrait` its
    picture of the person (front only), both JPEG; empty where the adapter cuts nothing out."""

    fields: Mapping[str, str]
    warnings: Mapping[str, Certainty]
    card: bytes = b""
    portrait: bytes = b""


class CardReader(Protocol):
    """Reads identity cards."""

    def read_card(self, picture: bytes, side: Side) -> CardRead:
        """What `picture` (JPEG, PNG or WebP) says. `PictureRefused`, `CardNotFound`, `OtherSide`, `Unavailable`."""
