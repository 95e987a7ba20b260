"""Deciding about staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal, TypeVar

from pydantic import BaseModel

from directory.paper_work import required_of
from directory.staff_views import kept_staff
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.listings import DAY_ZONE
from hospital.people.errors import NotOneself
from hospital.people.events import Change, PractitionerChanged
from hospital.people.model import PractitionerRole
from hospital.people.papers import covered_until
from hospital.people.store import papers_of, roles
from hospital.work import Work

V = TypeVar("V", bound=BaseModel)
Decision = Literal["approve", "reject", "suspend", "restore"]
_CHANGES: Mapping[Decision, Change] = {
    "approve": "approved",
    "reject": "rejected",
    "suspend": "suspended",
    "restore": "restored",
}


def decide(
    practitioner_role_id: str,
    decision: Decision,
    version: int,
    *,
    reason: str = "",
    seen: Mapping[str, int] | None = None,
    view: Callable[[PractitionerRole], V],
    by: Caller,
    now: datetime,
) -> V:
    """The decision, about the member of staff who was read as `version`; an approval also about the papers that were
    `seen` (id -> version), where that is said: `ChangedMeanwhile` when others are there now."""
    role = kept_staff(practitioner_role_id, by)
    if role.id == by.practitioner_role_id:
        raise NotOneself
    if role.version != version:
        raise ChangedMeanwhile(version=role.version)
    after = role.as_of(now).stands(decision, reason=reason)
    if decision == "approve":
        today = now.astimezone(DAY_ZONE).date()
        shown = papers_of(role.id)
        if seen is not None and seen != {paper.id: paper.version for paper in shown}:
            raise ChangedMeanwhile(version=role.version)
        covered = covered_until(required_of(role), shown, today)
        after = role.stands("approve", valid_until=covered).having(approved_at=now)
    with Work(by=by) as work:
        decided = work.change(roles, role, after)
        work.emit(PractitionerChanged.of(decided, _CHANGES[decision]))
        return work.answer(view(decided))
