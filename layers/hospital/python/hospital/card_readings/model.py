"""What was read from one side of a card: pure.

Nothing here outlives `KEEP`: what it proved is written down elsewhere, and FACE-CHOICE asks for the shortest storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from hospital.card_readings.errors import ReadingNotFound, ReadingNotPassable
from hospital.records import SEALED, Record, Sealed

Side = Literal["front", "back"]
Certainty = Literal["certain", "hint"]

KEEP = timedelta(minutes=30)
FOREVER = "长期"
_YEARS = (5, 10, 20)
"""For how long cards are issued: under 16, under 26, under 46 (Resident Identity Card Law, article 5)."""


class CardReading(Record):
    """One side as it was read. `fields` hold the card's words, `warnings` what speaks against it and how surely."""

    person_id: str
    side: Side
    fields: Annotated[dict[str, str], SEALED]
    warnings: dict[str, Certainty]
    read_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When it is there no more."""
        return self.read_at + KEEP

    @property
    def passable(self) -> bool:
        """Whether it may prove something: not with a single warning, certain or not."""
        return not self.warnings

    def demand_side(self, side: str) -> None:
        """Raises `ReadingNotFound`: of that side there is no such reading."""
        if self.side != side:
            raise ReadingNotFound

    def demand_passable(self) -> None:
        """Raises `ReadingNotPassable`."""
        if not self.passable:
            raise ReadingNotPassable(warnings=sorted(self.warnings))


class CardPictures(Record):
    """The card and its portrait, as JPEGs in base64. `id` is the reading's."""

    person_id: str
    card: Sealed
    portrait: Sealed = ""
    expires_at: datetime


class PictureLook(Record):
    """That somebody was given the pictures of a card."""

    reading_id: str
    person_id: str
    at: datetime


def warned_of(
    side: Side, fields: Mapping[str, str], seen: Mapping[str, Certainty], today: date
) -> dict[str, Certainty]:
    """All that speaks against a side: what was seen in the picture, what is missing, and what its dates say today."""
    found = dict(seen)
    if not all(fields.values()) and not {"blurred", "number_unreadable"} & found.keys():
        found["covered"] = "certain"
    if side == "back" and fields.get("valid_from") and fields.get("valid_until"):
        found |= _validity(fields["valid_from"], fields["valid_until"], today, temporary="temporary" in seen)
    return found


def _validity(first: str, last: str, today: date, *, temporary: bool) -> dict[str, Certainty]:
    try:
        begins = date.fromisoformat(first)
        ends = None if last == FOREVER else date.fromisoformat(last)
    except ValueError:
        return {"validity_impossible": "certain"}
    if ends is not None and not _is_a_term(begins, ends, temporary=temporary):
        return {"validity_impossible": "certain"}
    if begins > today:
        return {"not_yet_valid": "certain"}
    if ends is not None and ends < today:
        return {"expired": "certain"}
    return {}


def _is_a_term(begins: date, ends: date, *, temporary: bool) -> bool:
    """Whether a card may have been issued for that long; a temporary one is good for three months."""
    if temporary:
        return timedelta(days=80) <= ends - begins <= timedelta(days=100)
    return (ends.month, ends.day) in _same_day(begins) and ends.year - begins.year in _YEARS


def _same_day(begins: date) -> set[tuple[int, int]]:
    """29 February ends on the 28th or on 1 March of a common year."""
    leap = {(2, 28), (3, 1)} if (begins.month, begins.day) == (2, 29) else set()
    return {(begins.month, begins.day), *leap}
