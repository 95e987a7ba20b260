"""Seeing and deciding consents."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.consents.model import (
    OF_PLATFORM,
    Act,
    Consent,
    ConsentText,
    Purpose,
    State,
    kept_with,
    require_own_age,
)
from hospital.consents.store import decide, decided_by, get_edition, read, texts_of
from hospital.face_checks.store import forget_doubtful
from hospital.listings import DAY_ZONE
from hospital.organisations.store import get_organisation, organisation_names
from hospital.verifications.store import get_identity
from hospital.work import Work, decided_again
from identity.guarding import guarded


class TextShown(BaseModel):
    """A text as it reads. `organisation_id` is empty where it is the platform's."""

    organisation_id: str
    title: str
    text: str
    text_version: int


class ConsentView(BaseModel):
    """What was decided about one purpose, and the text as it reads now. `holds`: it counts at this moment; a consent
    that was given holds no more when the text asks for more since. `organisation_id` is empty for the platform."""

    purpose: Purpose
    organisation_id: str
    organisation_name: str
    state: State
    holds: bool
    signed_version: int | None
    decided_at: datetime | None
    text: TextShown

    @classmethod
    def of(cls, consent: Consent, text: ConsentText, organisation_name: str = "") -> ConsentView:
        """As the person sees it."""
        last = consent.last
        return cls(
            purpose=consent.purpose,
            organisation_id=consent.organisation_id,
            organisation_name=organisation_name,
            state=consent.state,
            holds=consent.holds(text),
            signed_version=last.text_version if last else None,
            decided_at=last.at if last else None,
            text=TextShown(**text.model_dump(include=set(TextShown.model_fields))),
        )


class DecisionView(BaseModel):
    """One of the decisions: `by_oneself`, or by a guardian."""

    state: State
    text_version: int
    at: datetime
    by_oneself: bool


class ConsentHistory(BaseModel):
    """All decisions, the newest first, and the text as it read when it was signed last."""

    decisions: list[DecisionView]
    signed: TextShown | None


class ConsentsView(BaseModel):
    """Each purpose once for the platform, or with each organisation that was asked about or decided on."""

    items: list[ConsentView]


def view_consents(
    organisation_id: str | None, member_id: str | None = None, *, by: Caller, now: datetime
) -> ConsentsView:
    """The platform's purposes, those of the organisation asked about, and all that was ever decided."""
    person_id = guarded(by.person_id, member_id, now)
    decided = {(one.purpose, one.organisation_id): one for one in decided_by(person_id)}
    shown = {organisation_id} if organisation_id else set()
    if organisation_id:
        get_organisation(organisation_id)
    houses = {one.organisation_id for one in decided.values() if one.organisation_id} | shown
    names = organisation_names(houses)
    views = []
    for house in ("", *sorted(houses)):
        for text in texts_of(house):
            if (text.purpose in OF_PLATFORM) != (house == ""):
                continue
            if member_id and text.purpose == "family_help":  # a child's guardian acts by law, not by the child's leave
                continue
            consent = decided.get((text.purpose, house))
            if consent is None and house not in ("", *shown):
                continue
            consent = consent or Consent.asked(person_id, text.purpose, house)
            views.append(ConsentView.of(consent, text, names.get(house, "")))
    return ConsentsView(items=views)


def view_history(
    purpose: Purpose, organisation_id: str, member_id: str | None = None, *, by: Caller, now: datetime
) -> ConsentHistory:
    """What was decided when, and what was signed."""
    consent, _ = read(purpose, guarded(by.person_id, member_id, now), organisation_id)
    signed = next((one for one in reversed(consent.decisions) if one.state == "given"), None)
    edition = get_edition(signed.text_organisation_id, purpose, signed.text_version) if signed else None
    decisions = [
        DecisionView(
            state=one.state,
            text_version=one.text_version,
            at=one.at,
            by_oneself=one.by_person_id == consent.person_id,
        )
        for one in reversed(consent.decisions)
    ]
    shown = TextShown(**edition.model_dump(include=set(TextShown.model_fields))) if edition else None
    return ConsentHistory(decisions=decisions, signed=shown)


def decide_consent(
    purpose: Purpose,
    act: Act,
    organisation_id: str,
    text_version: int,
    member_id: str | None = None,
    *,
    by: Caller,
    now: datetime,
) -> ConsentView:
    """One decision of the caller's about themselves, or about a child whose guardian they have shown to be."""
    person_id = guarded(by.person_id, member_id, now)
    house = kept_with(purpose, organisation_id)
    name = "" if purpose in OF_PLATFORM else get_organisation(house).name
    if act == "give" and member_id is None:
        identity = get_identity(by.person_id)
        if identity is not None:
            require_own_age(identity.birth_date, now.astimezone(DAY_ZONE).date())

    def decided() -> ConsentView:
        before, text = read(purpose, person_id, house)
        with Work(by=by, doing="face_review.forget") as work:
            stored = decide(work, act, before, text, text_version, by.person_id, now)
            if purpose == "face_recognition" and act == "withdraw":
                forget_doubtful(work, person_id)
            return work.answer(ConsentView.of(stored, text, name))

    return decided_again(decided)
