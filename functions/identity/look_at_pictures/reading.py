"""One side of a card out of one picture: fields, warnings, the card and its portrait cut out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import cv2

from identity.look_at_pictures import back, front
from identity.look_at_pictures.alarms import alarms
from identity.look_at_pictures.finding import Outline, find_outline, laid_flat
from identity.look_at_pictures.lines import Line, read_lines, turned_round
from identity.look_at_pictures.numbers import is_right
from identity.look_at_pictures.opening import Pixels, as_jpeg

Side = Literal["front", "back"]
_LEAST_SIGNS = 2
_PORTRAIT = (0.10, 0.74, 0.63, 0.96)
"""Top, bottom, left, right of the portrait on the card, as shares of its height and width."""
_CARD_WIDTH = 800


class NoCard(Exception):
    """Nothing of an identity card can be read in the picture."""


class OtherSide(Exception):
    """It is the other side."""


@dataclass(frozen=True)
class Read:
    """What a picture of one side says. `card` and `portrait` are JPEGs; the back has no portrait."""

    fields: dict[str, str]
    warnings: dict[str, str]
    card: bytes
    portrait: bytes | None = None
    lines: list[Line] = field(default_factory=list)


def read_card(picture: Pixels, side: Side) -> Read:
    """Reads `side`. `NoCard`, `OtherSide`."""
    outline, card, lines = _card_and_lines(picture)
    signs = {"front": front.looks_like_front(lines), "back": back.looks_like_back(lines)}
    seen: Side = "front" if signs["front"] >= signs["back"] else "back"
    if signs[seen] < _LEAST_SIGNS:
        raise NoCard
    if seen != side:
        raise OtherSide
    height = card.shape[0] / card.shape[1]
    if (front if side == "front" else back).is_upside_down(lines, height):
        card, lines = cv2.rotate(card, cv2.ROTATE_180), turned_round(lines, height)
    warnings = alarms(picture, card, outline)
    if any("临时" in line.text for line in lines):
        warnings["temporary"] = "certain"
    fields = front.read_front(lines) if side == "front" else back.read_back(lines)
    warnings |= _told_by_fields(fields, side, warnings)
    small = cv2.resize(card, (_CARD_WIDTH, round(card.shape[0] * _CARD_WIDTH / card.shape[1])))
    return Read(fields, warnings, as_jpeg(small), as_jpeg(_portrait(card)) if side == "front" else None, lines)


def _card_and_lines(picture: Pixels) -> tuple[Outline | None, Pixels, list[Line]]:
    """The card laid flat; the whole picture where no outline is found, or where what was found is no card."""
    outline = find_outline(picture)
    if outline is not None:
        card = laid_flat(picture, outline)
        lines = read_lines(card)
        if max(front.looks_like_front(lines), back.looks_like_back(lines)) >= _LEAST_SIGNS:
            return outline, card, lines
    whole = picture if picture.shape[1] >= picture.shape[0] else cv2.rotate(picture, cv2.ROTATE_90_COUNTERCLOCKWISE)
    return None, whole, read_lines(whole)


def _told_by_fields(fields: dict[str, str], side: Side, seen: dict[str, str]) -> dict[str, str]:
    """What a missing or contradicting field says. The dates of the back are judged by whoever knows today."""
    found = {}
    if side == "front":
        if not is_right(fields["number"]):
            found["number_unreadable"] = "certain"
        elif front.contradicts(fields):
            found["number_disagrees"] = "certain"
    if any(not value for value in fields.values()) and "blurred" not in seen:
        found["covered"] = "certain"
    return found


def _portrait(card: Pixels) -> Pixels:
    height, width = card.shape[:2]
    top, bottom, left, right = _PORTRAIT
    return card[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
