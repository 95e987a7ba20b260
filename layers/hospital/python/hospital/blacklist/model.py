"""Who is on an organisation's blacklist: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Self

from hospital import ids
from hospital.blacklist.errors import AnotherDecides, Blacklisted, BlacklistingMovedOn
from hospital.records import Record, Sealed

State = Literal["listed", "appealed", "upheld", "removed"]
Act = Literal["list", "appeal", "uphold", "remove"]
Reason = Literal["no_shows", "abuse", "deception", "disturbance", "other"]

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("listed", "appeal"): "appealed",
    ("listed", "remove"): "removed",
    ("appealed", "uphold"): "upheld",
    ("appealed", "remove"): "removed",
    ("upheld", "remove"): "removed",
    ("removed", "list"): "listed",
}


def blacklisting_id_of(person_id: str, organisation_id: str) -> str:
    """The id of a person's place on an organisation's blacklist: there is at most one."""
    return ids.derived_id("blk", person_id, organisation_id)


class Blacklisting(Record):
    """A person's place on the blacklist of an organisation. It is taken off, never deleted; whoever comes on it again
    begins anew, and the audit lines tell of the time before.

    `words` are what staff say of the reason, `appeal` what the person says, `decision` what was answered.
    """

    person_id: str
    organisation_id: str
    patient_id: str
    state: State = "listed"
    reason: Reason
    words: Sealed
    listed_by: str
    listed_at: datetime
    appeal: Sealed | None = None
    appealed_at: datetime | None = None
    decision: Sealed | None = None
    decided_by: str = ""
    decided_at: datetime | None = None

    @classmethod
    def begun(
        cls,
        person_id: str,
        organisation_id: str,
        patient_id: str,
        *,
        reason: Reason,
        words: str,
        by: str,
        now: datetime,
    ) -> Self:
        """A place that nobody had before."""
        return cls(
            id=blacklisting_id_of(person_id, organisation_id),
            person_id=person_id,
            organisation_id=organisation_id,
            patient_id=patient_id,
            reason=reason,
            words=words,
            listed_by=by,
            listed_at=now,
        )

    def begun_anew(self, following: Blacklisting) -> Self:
        """After the person came on the list once more."""
        state = self._after("list")
        told = following.model_dump(exclude={"id", "version", "state"})
        return self.having(**told, state=state)

    def appealed(self, words: str, now: datetime) -> Self:
        """After the person said something to it."""
        return self.having(state=self._after("appeal"), appeal=words, appealed_at=now)

    def upheld(self, words: str, by: str, now: datetime) -> Self:
        """After somebody else than who wrote it read the appeal, and let it stand."""
        state = self._after("uphold")
        if by == self.listed_by:
            raise AnotherDecides
        return self.having(state=state, decision=words, decided_by=by, decided_at=now)

    def removed(self, words: str, by: str, now: datetime) -> Self:
        """After it was taken off."""
        return self.having(state=self._after("remove"), decision=words, decided_by=by, decided_at=now)

    @property
    def may_appeal(self) -> bool:
        """Whether the person can still say something to it: once each time."""
        return (self.state, "appeal") in TRANSITIONS

    @property
    def counts(self) -> bool:
        """Whether it stops new services."""
        return self.state != "removed"

    def refuse(self) -> None:
        """`Blacklisted`, while it counts."""
        if self.counts:
            raise Blacklisted(blacklisting_id=self.id, reason=self.reason, may_appeal=self.may_appeal)

    def _after(self, act: Act) -> State:
        if (self.state, act) not in TRANSITIONS:
            raise BlacklistingMovedOn(state=self.state)
        return TRANSITIONS[self.state, act]
