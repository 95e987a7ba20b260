"""Citizen identity numbers of made-up people, none twice in one run."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from hospital.verifications.id_number import check_digit

_COUNT = itertools.count()


def an_id_number(born: date | None = None, *, sex: str = "female", region: str = "110101") -> str:
    """A number that nobody else in this run has; born in 1960 or later unless said."""
    count = next(_COUNT)
    day = born or date(1960, 1, 1) + timedelta(days=count % 15_000)
    order = 2 * (count // 15_000 if born is None else count % 490) + (1 if sex == "male" else 2)
    first = f"{region}{day:%Y%m%d}{order:03d}"
    return first + check_digit(first)
