"""For whom somebody acts at this moment: a child until 18 whose guardian they are, an adult who has agreed."""

from __future__ import annotations

from datetime import datetime

from hospital.consents.store import require
from hospital.families.model import Member
from hospital.families.store import get_member
from hospital.listings import DAY_ZONE


def acted_for(owner_id: str, member_id: str, now: datetime) -> Member:
    """The member of the owner's family, if more than booking may be done for them now: `MemberNotFound`,
    `MemberPending`, `ConsentMissing` when an adult has withdrawn their leave."""
    member = get_member(owner_id, member_id, now.astimezone(DAY_ZONE).date()).need_full()
    if member.stage == "adult":
        require("family_help", member.person_id)
    return member
