"""The full demo: a hospital of twenty departments and eighty doctors after half a year of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hospital import clock

from . import words
from .aftermath import seal_and_list
from .founding import accounts_of, found_organisation
from .history import History, ids_drawn, patients_shown
from .manuscript import Item, Manuscript
from .plan import Size, plan_history

SEED = 20_26_11
_PREPARING = timedelta(days=35)
"""Founded so long before the first patient came."""

_DOCTORS_SHOWN = 8
"""Of an organisation, on the pages that offer demo accounts."""

TakeIn = Callable[[str, Sequence[Item]], int]
"""Puts items into an empty table, by its name in this deployment."""


def found_half_year(take_in: TakeIn, *, seed: int = SEED, size: Size | None = None) -> dict[str, Any]:
    """Founds the demo's organisations, lets the first live through its half year up to now, and hands the tables over.
    Answers the accounts as `found_demo` does."""
    size, now = size or Size(), clock.now()
    plan, manuscript = plan_history(seed, now, size), Manuscript()
    first = replace(words.ORGANISATIONS[0], doctors=tuple(plan.doctors))
    with manuscript.written(), ids_drawn(seed):
        with clock.standing(now - timedelta(days=size.days) - _PREPARING):
            founded = [found_organisation(each, mark=f"@{each.mark}") for each in (first, *words.ORGANISATIONS[1:])]
            accounts = accounts_of([_shown(each) for each in founded], patients_shown(plan))
        history = History(plan, founded[0], manuscript, seed)
        history.write(now)
        seal_and_list(manuscript)
    for name, items in manuscript.items(clock.epoch(now)):
        take_in(name, items)
    return accounts


def _shown(founded: dict[str, Any]) -> dict[str, Any]:
    """The same with its first doctors only; the last of these says that there are more."""
    doctors = [one for one in founded["staff"] if one["role"] == "doctor"]
    left_out = doctors[_DOCTORS_SHOWN:]
    staff = [one for one in founded["staff"] if one not in left_out]
    if left_out:
        more = f"{left_out[0]['account']} … {left_out[-1]['account']}"
        staff = [one | {"more": more} if one is doctors[_DOCTORS_SHOWN - 1] else one for one in staff]
    return founded | {"staff": staff}
