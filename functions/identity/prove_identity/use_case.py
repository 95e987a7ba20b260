"""Showing who one is."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from pydantic import BaseModel

from adapters import id_check
from hospital import secret_keys, settings
from hospital.caller import Caller
from hospital.errors import Unavailable
from hospital.limits import Limit
from hospital.listings import DAY_ZONE
from hospital.people.store import get_person, persons
from hospital.verifications.errors import AlreadyVerified, IdentityMismatch, NotVerified, TooManyVerifications
from hospital.verifications.id_number import Sex, clean_name, parse_id_number
from hospital.verifications.model import COUNTER_LIFE, CounterCode, Identity, Level, Method, Proven
from hospital.verifications.recording import record
from hospital.verifications.store import counter_codes, get_identity, number_hash
from hospital.work import Work, decided_again

WRONG_PER_PERSON = Limit("identity_of_person", most=5, window=timedelta(days=1), refusal=TooManyVerifications)
WRONG_PER_NUMBER = Limit("identity_of_number", most=10, window=timedelta(days=1), refusal=TooManyVerifications)
"""Nobody finds out by trying whose a number is, not with many accounts either."""
CODES_PER_PERSON = Limit("counter_code_of_person", most=10, window=timedelta(hours=1), refusal=TooManyVerifications)


class IdentityView(BaseModel):
    """Who somebody was verified as. The number is masked (`110***********002X`)."""

    name: str
    id_number_masked: str
    sex: Sex
    level: Level
    method: Method
    verified_at: datetime
    opens_treatment: bool

    @classmethod
    def of(cls, identity: Identity, profile: str) -> IdentityView:
        """As it is shown to its owner."""
        shown = identity.model_dump(include=set(cls.model_fields) & set(Identity.model_fields))
        return cls(
            id_number_masked=identity.id_number_masked, opens_treatment=identity.opens_treatment(profile), **shown
        )


class CounterCodeShown(BaseModel):
    """Eight digits that stand for the caller at a counter, once."""

    code: str
    expires_at: datetime


def view_identity(who: Caller) -> IdentityView:
    """Raises `NotVerified` when nothing was shown yet."""
    identity = get_identity(who.person_id)
    if identity is None:
        raise NotVerified
    return _view(identity)


def prove_by_number(typed_name: str, typed_number: str, *, by: Caller, now: datetime) -> IdentityView:
    """The caller is the person of that name and number, if the authority agrees."""
    name = clean_name(typed_name)
    number = parse_id_number(typed_number, now.astimezone(DAY_ZONE).date())
    known = get_identity(by.person_id)
    if known is not None and known.id_number != number.text:
        raise AlreadyVerified
    key = number_hash(number.text)
    # Taken before anybody is asked, so that many tries at once get no more than the limit.
    WRONG_PER_PERSON.take(by.person_id)
    WRONG_PER_NUMBER.take(key)
    try:
        found = id_check.checker().check(name, number.text)
    except Unavailable:
        _give_back(by.person_id, key)
        raise
    if found.result != "match":
        raise IdentityMismatch
    _give_back(by.person_id, key)
    proven = Proven(name, number, level="authority", method="number", reference=found.reference)
    return decided_again(lambda: _recorded(proven, by, now))


def show_counter_code(*, by: Caller, now: datetime) -> CounterCodeShown:
    """A fresh code; an earlier one stays good for its time."""
    CODES_PER_PERSON.take(by.person_id)
    code, expires_at = f"{secrets.randbelow(10**8):08d}", now + COUNTER_LIFE
    kept = CounterCode(id=secret_keys.lookup_hash("counter_code", code), person_id=by.person_id, expires_at=expires_at)
    with Work(by=by) as work:
        work.add(counter_codes, kept, otherwise=Unavailable(reason="code_drawn_twice"))
        return work.answer(CounterCodeShown(code=code, expires_at=expires_at))


def _recorded(proven: Proven, by: Caller, now: datetime) -> IdentityView:
    person = get_person(by.person_id)
    with Work(by=by, doing="person.verify") as work:
        identity = record(work, person.id, proven, now)
        work.change(persons, person, person.verified_as(proven.name, now))
        return work.answer(_view(identity))


def _give_back(person_id: str, number_key: str) -> None:
    WRONG_PER_PERSON.give_back(person_id)
    WRONG_PER_NUMBER.give_back(number_key)


def _view(identity: Identity) -> IdentityView:
    return IdentityView.of(identity, settings.current().profile)
