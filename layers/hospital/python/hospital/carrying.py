"""What the hospital and whoever brings texts to phones say to each other: the port of carriers.

`hospital.sms.leaving` speaks it, `adapters.sms` holds the carriers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from hospital.errors import Invalid


@dataclass(frozen=True)
class Outgoing:
    """What a carrier is given. `id` is of this try, `sms_id` of the message; `registered` is the carrier's own name
    of the template, by carrier; `variables` in the order of the text."""

    id: str
    sms_id: str
    phone: str
    text: str
    occasion: str
    variables: Mapping[str, str]
    registered: Mapping[str, str]
    tried_at: datetime


@dataclass(frozen=True)
class Taken:
    """A carrier took it: the carrier's number of it, and whether it has reached the phone already."""

    number: str
    received: bool = False


@dataclass(frozen=True)
class Receipt:
    """What a carrier says about a message afterwards. `id` is of the try, when the carrier repeats it; `cause` is
    empty when the phone has it."""

    number: str
    id: str
    received_at: datetime
    cause: str = ""
    blocked: bool = False


class CarrierUnknown(Invalid):
    """Nobody of that name carries texts."""

    code = "sms.carrier_unknown"


class Refused(Exception):
    """A carrier will never deliver this, and no other would: `cause` says why, `blocked` that it is for its words."""

    def __init__(self, cause: str, *, blocked: bool = False) -> None:
        super().__init__(cause)
        self.cause, self.blocked = cause, blocked


class Undecided(Exception):
    """Whether the carrier took it is not known: the call broke off in the middle. It has to be asked."""


class Carrier(Protocol):
    """Who brings texts to phones."""

    @property
    def name(self) -> str:
        """`alibaba`."""

    def hand_over(self, outgoing: Outgoing) -> Taken:
        """It takes the text. Raises `Unavailable` when it certainly did not and another may, `Undecided` when nobody
        knows, `Refused` when no carrier would."""

    def look_up(self, outgoing: Outgoing) -> Taken | None:
        """Whether it took that try, whose call broke off. Raises `Unavailable` when it cannot say."""
