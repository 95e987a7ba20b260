"""How a member of staff stands: registered, looked at by an admin, in force until their papers run out. Who is approved
is so again by papers that follow, before the old ones run out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from hospital.caller import Role
from hospital.people.errors import StaffMovedOn

Standing = Literal["pending", "approved", "rejected", "expired", "suspended", "removed"]
Act = Literal["approve", "reject", "submit", "expire", "suspend", "restore", "remove"]

TRANSITIONS: Mapping[tuple[Standing, Act], Standing] = {
    ("pending", "approve"): "approved",
    ("pending", "reject"): "rejected",
    ("pending", "remove"): "removed",
    ("rejected", "submit"): "pending",
    ("rejected", "remove"): "removed",
    ("approved", "approve"): "approved",
    ("approved", "expire"): "expired",
    ("approved", "suspend"): "suspended",
    ("approved", "remove"): "removed",
    ("expired", "submit"): "pending",
    ("expired", "remove"): "removed",
    ("suspended", "restore"): "approved",
    ("suspended", "remove"): "removed",
}
REVIEWED: frozenset[Role] = frozenset({"doctor", "nurse", "pharmacist"})
"""Whose papers somebody has to look at before they serve patients."""


def first_standing(role: Role) -> Standing:
    """How somebody begins."""
    return "pending" if role in REVIEWED else "approved"


def moved(standing: Standing, act: Act) -> Standing:
    """How somebody stands after `act`; `StaffMovedOn` when that cannot be done now."""
    if (standing, act) not in TRANSITIONS:
        raise StaffMovedOn(standing=standing)
    return TRANSITIONS[standing, act]
