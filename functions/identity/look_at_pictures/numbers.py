"""An identity number out of what was read of it: repaired where only one reading can be right, never guessed."""

from __future__ import annotations

import re
from datetime import date
from types import MappingProxyType

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LOOKS_LIKE = MappingProxyType(str.maketrans("OoDIl|ZSx×ΧК", "00011125" + 4 * "X"))
_DIGITS = re.compile(r"\d{17}[\dX]")
_NEARLY = re.compile(r"[\dOoDIl|ZSxX×ΧК]{15,21}")


def found_number(text: str) -> str | None:
    """The number in a line of writing; what looks like one but fails its check digit is given as it was read. None
    when there is nothing of the kind."""
    nearly = _NEARLY.search(text)
    if nearly is None:
        return None
    read = nearly[0].translate(_LOOKS_LIKE)
    if len(read) == 18 and _DIGITS.fullmatch(read):
        return read
    if len(read) == 19:  # one digit read twice, where two neighbouring pieces overlap
        doubled = {read[:at] + read[at + 1 :] for at in range(1, 19) if read[at] == read[at - 1]}
        right = [one for one in doubled if _DIGITS.fullmatch(one) and is_right(one)]
        if len(right) == 1:
            return right[0]
    return read


def is_right(number: str) -> bool:
    """Whether it has the form, the check digit (GB 11643-1999) and a birth date that exists."""
    return _DIGITS.fullmatch(number) is not None and _check(number) == number[17] and born(number) is not None


def born(number: str) -> date | None:
    """The birth date in it."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """By its 17th digit."""
    return "男" if int(number[16]) % 2 else "女"


def _check(number: str) -> str:
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True)) % 11]
