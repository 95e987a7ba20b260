"""Citizen identity numbers and the names beside them: pure.

GB 11643-1999: six digits of region, eight of the birth date, three of order (odd: male), and a check digit by ISO 7064
MOD 11-2. Residence permits for Hong Kong, Macao and Taiwan (81, 82, 83) and for foreigners (9) are built alike. Numbers
of 15 digits stood on cards of the first generation, which the Resident Identity Card Law (as amended 2011) ended on 1
January 2013: they are refused and never guessed into 18.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from hospital.verifications.errors import IdNumberRefused, NameRefused

Sex = Literal["female", "male"]
Problem = Literal["length", "characters", "old_number", "region", "birth_date", "check_digit"]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_REGIONS = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83, 91)
)
"""First two digits (GB/T 2260). Only these are judged: counties were renamed and dissolved, their people's numbers
stay."""
_NO_CENSUS_BEFORE = date(1890, 1, 1)
_FULL_WIDTH: Mapping[int, int | str] = {ord("０") + digit: ord("0") + digit for digit in range(10)} | {
    ord("Ｘ"): "X",
    ord("ｘ"): "X",
}

# Ideographs with all extensions that names use: 㐂 is U+3402, 𠮷 U+20BB7. They are kept as typed: normalisation forms
# would turn a compatibility ideograph, and with it somebody's name, into another character.
_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007\U00020000-\U000323af"
_DOTS: Mapping[int, str] = str.maketrans(dict.fromkeys("•・‧∙⋅．.", "·"))
_IN_IDEOGRAPHS = re.compile(rf"[{_IDEOGRAPHS}]+(?:·[{_IDEOGRAPHS}]+)*")
_IN_LETTERS = re.compile(r"[A-Za-z]+(?:[ '\-][A-Za-z]+)*")  # on permits of foreigners
LONGEST_NAME = 50


@dataclass(frozen=True)
class IdNumber:
    """A number that could be somebody's. `text` has 18 characters, the last perhaps a capital X."""

    text: str
    birth_date: date
    sex: Sex

    @property
    def masked(self) -> str:
        """`110***********002X`: neither birth date nor county."""
        return masked_number(self.text)


def masked_number(text: str) -> str:
    """A number as it may be shown."""
    return f"{text[:3]}***********{text[-4:]}"


def parse_id_number(typed: str, today: date) -> IdNumber:
    """The number that was typed, in whatever width or case. `IdNumberRefused` names what is wrong with it."""
    text = re.sub(r"\s", "", typed).translate(_FULL_WIDTH).upper()
    if re.fullmatch(r"[0-9]{15}", text):
        raise IdNumberRefused(problem="old_number")
    if len(text) != 18:
        raise IdNumberRefused(problem="length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", text):
        raise IdNumberRefused(problem="characters")
    if int(text[:2]) not in _REGIONS:
        raise IdNumberRefused(problem="region")
    birth_date = _birth_date(text[6:14], today)
    if check_digit(text[:17]) != text[17]:
        raise IdNumberRefused(problem="check_digit")
    return IdNumber(text, birth_date, "male" if int(text[16]) % 2 else "female")


def check_digit(first: str) -> str:
    """The eighteenth character that belongs to the first seventeen digits."""
    return _CHECK_DIGITS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first, strict=True)) % 11]


def clean_name(typed: str) -> str:
    """A name as it stands on a card: dots of all sorts become `·`, spaces between ideographs go. `NameRefused`."""
    name = re.sub(r"\s+", " ", typed.strip())
    dotted = name.replace(" ", "").translate(_DOTS)
    if 2 <= len(dotted) <= LONGEST_NAME and _IN_IDEOGRAPHS.fullmatch(dotted):
        return dotted
    if 2 <= len(name) <= LONGEST_NAME and _IN_LETTERS.fullmatch(name):
        return name
    raise NameRefused


def _birth_date(digits: str, today: date) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:  # such a day is in no calendar: 29 February of another year
        raise IdNumberRefused(problem="birth_date") from None
    if not _NO_CENSUS_BEFORE <= born <= today:
        raise IdNumberRefused(problem="birth_date")
    return born
