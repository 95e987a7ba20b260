"""What the hospital asks of those who issue e-health cards (电子健康卡), in the hospital's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

RefusalReason = Literal[
    "name_mismatch", "unknown_person", "has_card", "phone_needed", "grant_needed", "not_eligible", "refused"
]
"""name_mismatch: the number is another's. unknown_person: nobody has that number. has_card: issued to them before, by
another's application. phone_needed: not without a phone. grant_needed: the person has to allow it in the channel's own
application first. not_eligible: the channel serves others (another province, another age). refused: any other; the
channel's own words say more."""


class ChannelRefused(Exception):
    """The channel issues no card to that person. `said` is what it says to people, in its own words; may be empty."""

    def __init__(self, reason: RefusalReason, said: str = "") -> None:
        super().__init__(reason)
        self.reason: RefusalReason = reason
        self.said = said[:200]


@dataclass(frozen=True)
class Applicant:
    """For whom a card is applied for. `phone` may be a guardian's, or empty; `grant` is what the channel's own
    application gave the person to allow it, where the channel works so; empty otherwise."""

    name: str
    id_number: str
    sex: Literal["male", "female", "unknown"]
    birth_date: date
    phone: str = ""
    grant: str = ""


@dataclass(frozen=True)
class Issued:
    """A card. `code` is what a reader takes as a QR code at any time; empty where the code changes."""

    number: str
    code: str = ""


@dataclass(frozen=True)
class Code:
    """What is shown as a QR code now; good for `seconds`, or for good when that is None."""

    text: str
    seconds: int | None = None


class HealthCardChannel(Protocol):
    """One channel. Each verb may raise `hospital.errors.Unavailable`."""

    def issue(self, applicant: Applicant, *, key: str) -> Issued:
        """A card for that person. `ChannelRefused`. Under the same `key` the same person gets the same card again."""

    def code(self, number: str, id_number: str) -> Code:
        """What to show as the card's QR code now. `ChannelRefused` when the channel knows no such card."""
