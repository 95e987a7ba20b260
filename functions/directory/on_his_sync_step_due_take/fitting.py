"""Whether what the HIS tells fits what is kept here. Reasons are `<field> is <state>`, as the port's own."""

from __future__ import annotations

from collections.abc import Mapping

from hospital.his_syncs.model import Kind

_LENGTHS: Mapping[Kind, tuple[int, int]] = {"organisations": (2, 60), "departments": (1, 40), "staff": (2, 40)}
"""How long names are, as the routes for admins ask it."""
LONGEST_TITLE = 20
_LONGEST_ACCOUNT = 60


def misfit(kind: Kind, name: str, title: str = "") -> str:
    """What is wrong, or nothing."""
    least, most = _LENGTHS[kind]
    if len(name) < least:
        return "name is too short"
    if len(name) > most:
        return "name is too long"
    return "title is too long" if len(title) > LONGEST_TITLE else ""


def our_code(code: str) -> str:
    """The code that a new organisation or department has here, where none holds a stroke."""
    return code.replace("/", "-")


def account_name(top_code: str, code: str) -> str:
    """The name of the account of a member of staff; empty when it would be too long to type."""
    name = f"{top_code}.{our_code(code)}".lower()
    return name if len(name) <= _LONGEST_ACCOUNT else ""
