"""What families report. Ids, stage and state; never name or number."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.families.model import Member, Stage, State


class FamilyEvent(Event):
    """What every event of a member says. `owner_id` acts, for `person_id`."""

    SOURCE: ClassVar[str] = "families"

    owner_id: str
    person_id: str
    stage: Stage
    state: State

    @classmethod
    def of(cls, member: Member) -> Self:
        """The event of a member as it was stored."""
        shared = member.model_dump(include=set(cls.model_fields))
        return cls(subject=member.id, sequence=member.version, **shared)


class MemberAdded(FamilyEvent):
    """Somebody was put on a family's list."""

    TYPE: ClassVar[str] = "family_member.added.v1"


class MemberChanged(FamilyEvent):
    """They are called otherwise, or are another relation."""

    TYPE: ClassVar[str] = "family_member.changed.v1"


class MemberJoined(FamilyEvent):
    """It was shown that one may act for them."""

    TYPE: ClassVar[str] = "family_member.joined.v1"


class MemberLeft(FamilyEvent):
    """One of both sides ended it."""

    TYPE: ClassVar[str] = "family_member.left.v1"
