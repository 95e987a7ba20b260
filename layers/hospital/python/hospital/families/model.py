"""Members of a family: pure.

A child is a full member when a member of staff has seen the guardian's paper, until 18. An adult is one when they have
shown themselves who they are, or answered from the phone that the hospital holds, and agreed. Until then, one may book
for them and see that booking, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict

from hospital import ids
from hospital.families.errors import GuardianUnfit, MemberMovedOn, MemberPending
from hospital.records import SEALED, Record, Sealed

Stage = Literal["child", "adult"]
Relation = Literal["child", "grandchild", "ward", "parent", "grandparent", "spouse", "sibling", "other"]
"""What the member is to the one who keeps the list."""
PaperKind = Literal["birth_certificate", "household_register", "custody_order"]
State = Literal["pending", "full", "ended"]
Act = Literal["confirm", "grow_up", "end"]
Side = Literal["owner", "member"]
Proof = Literal["paper", "account", "phone"]
"""By what it was shown that one may act: a guardian's paper that staff saw; the adult's own verified account; a code
that came to the phone which the hospital's own system holds for the adult."""

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("pending", "confirm"): "full",
    ("full", "grow_up"): "pending",
    ("pending", "end"): "ended",
    ("full", "end"): "ended",
}
GROWN_AT = 18
MOST = 20


class GuardianPaper(BaseModel):
    """What shows that somebody is a guardian, as they name it; staff look at it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: PaperKind
    number: str


class Member(Record):
    """Somebody for whom `owner_id` acts. `person_id` is whose records they are: an account, or, where there is none,
    a person of whom only the name and number are known."""

    owner_id: str
    person_id: str
    stage: Stage
    relation: Relation
    name: Sealed
    id_number: Sealed
    birth_date: Annotated[date, SEALED]
    number_hash: str
    called: Sealed | None = None
    paper: Annotated[GuardianPaper | None, SEALED] = None
    state: State = "pending"
    added_at: datetime
    confirmed_at: datetime | None = None
    confirmed_by: str = ""
    proof: Proof | None = None
    ended_at: datetime | None = None
    ended_by: Side | None = None

    @classmethod
    def add(
        cls,
        *,
        owner_id: str,
        person_id: str,
        relation: Relation,
        name: str,
        id_number: str,
        birth_date: date,
        number_hash: str,
        paper: GuardianPaper | None,
        now: datetime,
        today: date,
    ) -> Self:
        """A new member, whom nothing speaks for yet."""
        return cls(
            id=ids.new_id("fam"),
            owner_id=owner_id,
            person_id=person_id,
            stage=stage_of(birth_date, today),
            relation=relation,
            name=name,
            id_number=id_number,
            birth_date=birth_date,
            number_hash=number_hash,
            paper=paper,
            added_at=now,
        )

    def as_of(self, today: date) -> Self:
        """As they stand on that day: who has grown up since has to agree themselves."""
        if self.stage == "adult" or stage_of(self.birth_date, today) == "child" or self.state == "ended":
            return self
        grown = self.having(stage="adult")
        return (
            grown._moved("grow_up", confirmed_at=None, confirmed_by="", proof=None) if self.state == "full" else grown
        )

    def seen_by_staff(self, practitioner_role_id: str, now: datetime, today: date) -> Self:
        """A member of staff saw the guardian's paper. Only for a child: an adult speaks for themselves."""
        standing = self.as_of(today)
        if standing.stage != "child":
            raise MemberMovedOn(state=standing.state)
        return standing._moved("confirm", confirmed_at=now, confirmed_by=practitioner_role_id, proof="paper")

    def agreed(self, person_id: str, proof: Proof, now: datetime, today: date) -> Self:
        """The adult agreed, as `proof` shows. What is theirs lies with `person_id`: with their account, where that is
        what was shown."""
        standing = self.need_adult_pending(today)
        return standing._moved("confirm", person_id=person_id, confirmed_at=now, confirmed_by=person_id, proof=proof)

    def need_adult_pending(self, today: date) -> Self:
        """As they stand on that day, if that is an adult who has not agreed yet; `MemberMovedOn`."""
        standing = self.as_of(today)
        if standing.stage != "adult" or standing.state != "pending":
            raise MemberMovedOn(state=standing.state)
        return standing

    def ended(self, by: Side, now: datetime) -> Self:
        """One of both sides ends it: from now on nobody acts."""
        return self._moved("end", ended_at=now, ended_by=by)

    def need_full(self) -> Self:
        """Itself, if more than booking may be done for them; `MemberPending`."""
        if self.state != "full":
            raise MemberPending(state=self.state)
        return self

    def _moved(self, act: Act, **changes: object) -> Self:
        following = TRANSITIONS.get((self.state, act))
        if following is None:
            raise MemberMovedOn(state=self.state)
        return self.having(state=following, **changes)


class Place(Record):
    """That somebody is in a family. `id` joins owner and the keyed hash of the number."""

    owner_id: str
    number_hash: str
    member_id: str

    @classmethod
    def of(cls, member: Member) -> Self:
        """The place that the member takes."""
        place_id = ids.derived_id("fpl", member.owner_id, member.number_hash)
        return cls(id=place_id, owner_id=member.owner_id, number_hash=member.number_hash, member_id=member.id)


def stage_of(birth_date: date, today: date) -> Stage:
    """A child until the day on which they are 18."""
    return "child" if _years(birth_date, today) < GROWN_AT else "adult"


def require_guardian(guardian_born: date, child_born: date, today: date) -> None:
    """Whether somebody can be a child's guardian at all; `GuardianUnfit`."""
    if guardian_born >= child_born:
        raise GuardianUnfit(rule="PIPL-CONSENT", reason="younger")
    if _years(guardian_born, today) < GROWN_AT:
        raise GuardianUnfit(rule="PIPL-CONSENT", reason="minor")


def person_id_of(number_hash: str) -> str:
    """The id of a person who has no account: the same in every family."""
    return ids.derived_id("per", "family", number_hash)


def _years(birth_date: date, today: date) -> int:
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))
