"""What a person sees of their file and cards."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from adapters.his import CardKind, HisCard
from hospital.his_files.model import HisFileLink


class HisFileView(BaseModel):
    """How far the file is. `reason` is a word of the hospital's own system; `next_try_at` when it is asked again."""

    state: Literal["none", "waiting", "open", "refused", "disputed"]
    patient_number: str | None = None
    reason: str = ""
    next_try_at: str | None = None

    @classmethod
    def of(cls, link: HisFileLink) -> HisFileView:
        """The view of a person's own file."""
        again = link.next_try_at.isoformat() if link.next_try_at else None
        return cls(state=link.state, patient_number=link.patient_number, reason=link.reason, next_try_at=again)


class HisCardView(BaseModel):
    """A card. `scannable` when the hospital's readers take its number as a bar or QR code. An e-health card that was
    applied for here has a `channel`, and a code that is asked of it when it is shown; empty with all others."""

    id: str
    kind: CardKind
    number: str
    scannable: bool
    active: bool
    is_default: bool
    channel: str

    @classmethod
    def of(cls, card_id: str, card: HisCard, *, is_default: bool, channel: str = "") -> HisCardView:
        """The view of one's own card."""
        return cls(
            id=card_id,
            kind=card.kind,
            number=card.number,
            scannable=card.scannable and card.active,
            active=card.active,
            is_default=is_default,
            channel=channel,
        )


class HisCardsView(BaseModel):
    """A person's cards in their order; `order_version` is 0 while they never chose one."""

    file: HisFileView
    cards: list[HisCardView]
    order_version: int
