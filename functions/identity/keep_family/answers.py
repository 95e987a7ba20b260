"""What people see of families."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel

from hospital.families.model import Member, PaperKind, Relation, Stage, State
from hospital.verifications.id_number import masked_number


class MemberView(BaseModel):
    """Somebody for whom one acts. The number is masked. `acts`: more than booking may be done for them now; an adult
    who has agreed may have withdrawn that since. `paper`: what a guardian said they will show."""

    id: str
    version: int
    stage: Stage
    relation: Relation
    name: str
    called: str | None
    id_number_masked: str
    birth_date: date
    state: State
    acts: bool
    paper: PaperKind | None
    added_at: datetime
    confirmed_at: datetime | None

    @classmethod
    def of(cls, member: Member, *, consents: bool = False) -> MemberView:
        """As the one who keeps the list sees it; `consents`: whether an adult agrees at this moment."""
        shown = member.model_dump(include=set(cls.model_fields) - {"paper"})
        return cls(
            id_number_masked=masked_number(member.id_number),
            acts=member.state == "full" and (member.stage == "child" or consents),
            paper=member.paper.kind if member.paper else None,
            **shown,
        )


class CodeToAdult(BaseModel):
    """A code went to the adult's phone, whose last two digits are `phone_ends`. With it comes the text that they agree
    to by telling the code; how long it is good, and when another may be asked for."""

    phone_ends: str
    title: str
    text: str
    text_version: int
    expires_in_seconds: int
    retry_after_seconds: int


class HelperView(BaseModel):
    """Somebody on whose list one stands. `id` is the membership's; `name` is theirs, as they were verified."""

    id: str
    name: str
    relation: Relation
    state: State
    added_at: datetime
    confirmed_at: datetime | None

    @classmethod
    def of(cls, member: Member, name: str) -> HelperView:
        """As the member sees it."""
        return cls(name=name, **member.model_dump(include=set(cls.model_fields) - {"name"}))


class FamilyView(BaseModel):
    """Those for whom one acts, and those who act for one, or would like to."""

    members: list[MemberView]
    helpers: list[HelperView]
