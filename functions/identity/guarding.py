"""Whose affairs somebody may decide and see in full: their own, and those of a child whose guardian they have shown to
be. Nobody does so for an adult, who can ask themselves."""

from __future__ import annotations

from datetime import datetime

from hospital.families.errors import MemberNotFound
from hospital.families.store import get_member
from hospital.listings import DAY_ZONE


def guarded(owner_id: str, member_id: str | None, now: datetime) -> str:
    """The person's id. `MemberNotFound` for an adult, `MemberPending` while the guardian's paper was not seen."""
    if not member_id:
        return owner_id
    member = get_member(owner_id, member_id, now.astimezone(DAY_ZONE).date())
    if member.stage != "child":
        raise MemberNotFound
    return member.need_full().person_id
