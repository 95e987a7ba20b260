"""Consents and their texts: pure. Rule PIPL-CONSENT.

A consent names the version that was signed and keeps it. A text changed in what it asks (`asks_anew`) is agreed to
again; a text whose wording alone was mended is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from hospital import ids
from hospital.consents.errors import ConsentMovedOn, GuardianNeeded
from hospital.records import Record

Purpose = Literal["face_recognition", "family_help", "health_data", "his_records", "recording"]
"""face_recognition: the face is compared to show who one is. family_help: a member of the family acts for one.
health_data: what one tells a doctor is kept and used to treat. his_records: the hospital's own system is asked for
earlier visits. recording: a call is recorded."""
State = Literal["asked", "given", "refused", "withdrawn"]
Act = Literal["give", "refuse", "withdraw"]

OF_PLATFORM = frozenset[Purpose]({"face_recognition", "family_help"})
"""Agreed to once, with the platform; all others with each organisation."""

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("asked", "give"): "given",
    ("asked", "refuse"): "refused",
    ("given", "give"): "given",
    ("given", "withdraw"): "withdrawn",
    ("refused", "give"): "given",
    ("refused", "refuse"): "refused",
    ("withdrawn", "give"): "given",
    ("withdrawn", "refuse"): "refused",
}
GUARDED_UNDER = 14
"""Years: below them a guardian agrees (PIPL art. 31)."""
_KEPT = 50


class ConsentText(Record):
    """A text as it reads now. `holds_from` is the oldest version whose signature still counts."""

    organisation_id: str
    purpose: Purpose
    title: str
    text: str
    text_version: int
    holds_from: int
    changed_at: datetime | None = None

    @classmethod
    def of(cls, organisation_id: str, purpose: Purpose, title: str, text: str) -> Self:
        """The first version of a text."""
        return cls(
            id=text_id_of(organisation_id, purpose),
            organisation_id=organisation_id,
            purpose=purpose,
            title=title,
            text=text,
            text_version=1,
            holds_from=1,
        )

    def rewritten(self, title: str, text: str, *, asks_anew: bool, now: datetime) -> Self:
        """The next version; with `asks_anew` the signatures of those before count no more."""
        following = self.text_version + 1
        holds_from = following if asks_anew else self.holds_from
        return self.having(title=title, text=text, text_version=following, holds_from=holds_from, changed_at=now)


class Edition(Record):
    """A text as it read in one version: written once, so that what was signed can be read."""

    organisation_id: str
    purpose: Purpose
    title: str
    text: str
    text_version: int

    @classmethod
    def of(cls, text: ConsentText) -> Self:
        """The version as it reads now."""
        kept = text.model_dump(include=set(cls.model_fields) - {"id", "version"})
        return cls(id=ids.derived_id("cse", text.id, str(text.text_version)), **kept)


class Decision(BaseModel):
    """One signature, refusal or withdrawal: whose text in which version, by whom, when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: State
    text_organisation_id: str
    text_version: int
    by_person_id: str
    at: datetime


class Consent(Record):
    """What a person decided about one purpose. The last decision counts; the earlier ones are kept (the last 50)."""

    person_id: str
    purpose: Purpose
    organisation_id: str
    state: State = "asked"
    decisions: tuple[Decision, ...] = ()

    @classmethod
    def asked(cls, person_id: str, purpose: Purpose, organisation_id: str) -> Self:
        """Of somebody who has not decided yet."""
        kept = kept_with(purpose, organisation_id)
        consent_id = ids.derived_id("cns", person_id, purpose, kept)
        return cls(id=consent_id, person_id=person_id, purpose=purpose, organisation_id=kept)

    @property
    def last(self) -> Decision | None:
        """The decision that counts."""
        return self.decisions[-1] if self.decisions else None

    def decided(self, act: Act, text: ConsentText, by_person_id: str, now: datetime) -> Self:
        """After one more decision; `ConsentMovedOn` where nothing was given that could be withdrawn."""
        following = TRANSITIONS.get((self.state, act))
        if following is None:
            raise ConsentMovedOn(state=self.state)
        signed = self.last if act == "withdraw" else None
        decision = Decision(
            state=following,
            text_organisation_id=signed.text_organisation_id if signed else text.organisation_id,
            text_version=signed.text_version if signed else text.text_version,
            by_person_id=by_person_id,
            at=now,
        )
        return self.having(state=following, decisions=(*self.decisions, decision)[-_KEPT:])

    def holds(self, text: ConsentText) -> bool:
        """Whether it was given, and the text did not ask for more since. A signature under the platform's text counts
        until the organisation has one of its own: that is another text."""
        if self.state != "given" or self.last is None:
            return False
        same = self.last.text_organisation_id == text.organisation_id
        return same and self.last.text_version >= text.holds_from


def kept_with(purpose: Purpose, organisation_id: str) -> str:
    """With whom the purpose is agreed: the organisation, or the platform (empty)."""
    return "" if purpose in OF_PLATFORM else organisation_id


def text_id_of(organisation_id: str, purpose: Purpose) -> str:
    """The id of a text: there is one of each purpose."""
    return ids.derived_id("cst", organisation_id, purpose)


def years_between(birth_date: date, today: date) -> int:
    """Full years of age. Who was born on 29 February is a year older on 1 March of other years."""
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))


def require_own_age(birth_date: date, today: date) -> None:
    """Under 14 nobody agrees for themselves: `GuardianNeeded`."""
    if years_between(birth_date, today) < GUARDED_UNDER:
        raise GuardianNeeded(rule="PIPL-CONSENT")
