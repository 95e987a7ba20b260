"""Papers, entered by a member of staff for themselves or by an admin for them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from directory.staff_views import PaperView
from hospital import ids
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import Command
from hospital.ids import PATTERN
from hospital.people.errors import PaperKindUnknown
from hospital.people.keys import role_key
from hospital.people.model import PractitionerRole
from hospital.people.papers import Paper
from hospital.people.store import get_paper, papers, roles
from hospital.reference.keys import kind_key
from hospital.reference.model import Item
from hospital.reference.store import items
from hospital.work import Work

_MOST_KINDS = 100


class AddPaper(Command):
    """A paper, and who issued it; one without `valid_until` does not run out, one without `valid_from` counts at
    once."""

    kind_id: Annotated[str, Field(pattern=PATTERN)]
    number: Annotated[str, Field(min_length=2, max_length=60)]
    issuer: Annotated[str, Field(max_length=80)] = ""
    valid_from: Annotated[date, Field(strict=False)] | None = None
    valid_until: Annotated[date, Field(strict=False)] | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("ends before it begins")
        return self


class PaperAsked(BaseModel):
    """A kind of paper that is asked of a member of staff."""

    id: str
    name: str
    required: bool


def asked_of(role: PractitionerRole) -> list[PaperAsked]:
    """The kinds asked of somebody in that role, as they are shown."""
    return [
        PaperAsked(id=kind.id, name=kind.content["name"], required=kind.content["need"] == "required")
        for kind in kinds_asked_of(role)
    ]


def kinds_asked_of(role: PractitionerRole) -> list[Item]:
    """The kinds of papers that the platform asks of somebody in that role, in its order."""
    where = items["retired"] == False  # noqa: E712 - a condition on the table, not a comparison
    found = items.page("of_kind", kind_key("paper_kinds", ""), limit=_MOST_KINDS, where=where).items
    return [kind for kind in found if kind.content["role"] == role.role]


def required_of(role: PractitionerRole) -> list[tuple[str, str]]:
    """(id, name) of the kinds without which nobody in that role is approved."""
    return [(kind.id, kind.content["name"]) for kind in kinds_asked_of(role) if kind.content["need"] == "required"]


def add_paper(role: PractitionerRole, body: AddPaper, *, by: Caller, now: datetime) -> PaperView:
    """One more paper of a kind that is asked of them."""
    kind = next((one for one in kinds_asked_of(role) if one.id == body.kind_id), None)
    if kind is None:
        raise PaperKindUnknown
    paper = Paper(
        id=ids.new_id("pap"),
        practitioner_role_id=role.id,
        kind_id=kind.id,
        kind_name=kind.content["name"],
        number=body.number,
        issuer=body.issuer,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
        added_at=now,
    )
    with Work(by=by, doing="paper.add") as work:
        return work.answer(PaperView.of(work.add(papers, paper), role, now))


def withdraw_paper(role: PractitionerRole, paper_id: str, *, by: Caller, now: datetime) -> None:
    """It counts no more at the next review; whoever was approved by it stays so until then."""
    with Work(by=by, doing="paper.withdraw") as work:
        _withdraw(work, get_paper(role.id, paper_id), now)


def withdraw_own_paper(role: PractitionerRole, paper_id: str, *, by: Caller, now: datetime) -> None:
    """What its owner entered by mistake; `PaperReviewed` for what they were approved by."""
    paper = get_paper(role.id, paper_id).to_change(role.approved_at)
    with Work(by=by, doing="paper.withdraw") as work:
        undecided(work, role)
        _withdraw(work, paper, now)


def undecided(work: Work, role: PractitionerRole) -> None:
    """Nobody decides about them while this is written: `ChangedMeanwhile`."""
    still = roles["version"] == role.version
    work.check(roles, role_key(role.id), still, otherwise=ChangedMeanwhile(version=role.version))


def _withdraw(work: Work, paper: Paper, now: datetime) -> None:
    work.change(papers, paper, paper.having(withdrawn_at=now))
