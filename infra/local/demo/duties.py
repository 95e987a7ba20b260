"""Duties of the demo's organisations, so that what comes by a duty alone can be tried: a doctor on emergency duty opens
records without a care relation (rule BREAK-GLASS), and somebody in operations reviews each opening."""

from __future__ import annotations

from typing import Any

from hospital.access.model import Duty, OrganisationAccess
from hospital.access.store import accesses
from hospital.caller import system
from hospital.people.store import get_staff, roles
from hospital.work import Work

EMERGENCY, PRIVACY = "emergency", "privacy"
_DUTIES = {
    EMERGENCY: Duty(name="急诊值班医生", permissions=("emergency:read",)),
    PRIVACY: Duty(name="隐私保护专员", permissions=("emergency:review",)),
}


def give_duties(founded: dict[str, Any]) -> None:
    """Writes the duties of one organisation and gives them to its last doctor and its first clerk; their accounts in
    `founded["staff"]` say so under `duty`."""
    with Work(by=system("demo"), doing="demo.found") as work:
        work.add(accesses, OrganisationAccess(id=founded["organisation_id"], duties=_DUTIES))
        doctors = [one for one in founded["staff"] if one["role"] == "doctor"]
        clerks = [one for one in founded["staff"] if one["role"] == "clerk"]
        for account, duty in ((doctors[-1], EMERGENCY), (clerks[0], PRIVACY)):
            held = get_staff(account["practitioner_role_id"])
            work.change(roles, held, held.having(duties=(duty,)))
            account["duty"] = _DUTIES[duty].name
