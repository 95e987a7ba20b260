"""Putting patients on the blacklist, answering them, and taking them off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel

from hospital.blacklist.errors import BlacklistingNotFound
from hospital.blacklist.events import BlacklistingChanged
from hospital.blacklist.keys import blacklist_key
from hospital.blacklist.model import Blacklisting, Reason, State
from hospital.blacklist.store import blacklistings, find_blacklisting, get_blacklisting
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.paging import Page, Paging
from hospital.people.keys import patient_key, person_key
from hospital.people.store import get_patient_of, patients, persons
from hospital.records import Item, Key
from hospital.work import Work, decided_again


class Whose(NamedTuple):
    """A patient in a list."""

    name: str | None
    phone_masked: str | None


class BlacklistingView(BaseModel):
    """Somebody on the blacklist, as the organisation sees it. `listed_by_me`: another one judges the appeal."""

    id: str
    patient_id: str
    name: str | None
    phone_masked: str | None
    state: State
    reason: Reason
    words: str
    listed_at: datetime
    listed_by_me: bool
    appeal: str | None
    appealed_at: datetime | None
    decision: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, one: Blacklisting, whose: Whose, by: Caller) -> BlacklistingView:
        """As staff see it."""
        told = one.model_dump(include=set(cls.model_fields) & set(Blacklisting.model_fields))
        return cls(
            **told,
            name=whose.name,
            phone_masked=whose.phone_masked,
            listed_by_me=one.listed_by == by.practitioner_role_id,
        )


def view_blacklist(paging: Paging, state: State | None, *, by: Caller) -> Page[BlacklistingView]:
    """One page of those on the blacklist of the caller's organisation, the newest first."""
    where = blacklistings["state"] == state if state else None
    found = blacklistings.page(
        "of_organisation",
        blacklist_key(by.organisation_id),
        cursor=paging.cursor,
        limit=paging.limit,
        newest_first=True,
        where=where,
    )
    people = _people(found.items)
    return found.each(lambda one: BlacklistingView.of(one, people[one.id], by))


def view_blacklisting(blacklisting_id: str, *, by: Caller) -> BlacklistingView:
    """One of them."""
    one = _kept(blacklisting_id, by)
    return BlacklistingView.of(one, _people([one])[one.id], by)


def list_patient(patient_id: str, reason: Reason, words: str, *, by: Caller, now: datetime) -> BlacklistingView:
    """A patient of the organisation comes on its blacklist."""
    return decided_again(lambda: _list(patient_id, reason, words, by, now))


def uphold(blacklisting_id: str, words: str, *, by: Caller, now: datetime) -> BlacklistingView:
    """The appeal was read, and it stays."""
    before = _kept(blacklisting_id, by)
    return _changed(before, before.upheld(words, by.practitioner_role_id, now), by)


def take_off(blacklisting_id: str, words: str, *, by: Caller, now: datetime) -> BlacklistingView:
    """The organisation serves them again."""
    before = _kept(blacklisting_id, by)
    return _changed(before, before.removed(words, by.practitioner_role_id, now), by)


def _list(patient_id: str, reason: Reason, words: str, by: Caller, now: datetime) -> BlacklistingView:
    patient = get_patient_of(by.organisation_id, patient_id)
    begun = Blacklisting.begun(
        patient.person_id,
        patient.organisation_id,
        patient.id,
        reason=reason,
        words=words,
        by=by.practitioner_role_id,
        now=now,
    )
    before = find_blacklisting(patient.person_id, patient.organisation_id)
    if before is not None:
        return _changed(before, before.begun_anew(begun), by)
    whose = _people([begun])[begun.id]
    with Work(by=by) as work:
        stored = work.add(blacklistings, begun, otherwise=ChangedMeanwhile())
        work.emit(BlacklistingChanged.of(stored))
        return work.answer(BlacklistingView.of(stored, whose, by))


def _changed(before: Blacklisting, after: Blacklisting, by: Caller) -> BlacklistingView:
    whose = _people([before])[before.id]
    with Work(by=by) as work:
        stored = work.change(blacklistings, before, after)
        work.emit(BlacklistingChanged.of(stored))
        return work.answer(BlacklistingView.of(stored, whose, by))


def _people(found: Sequence[Blacklisting]) -> dict[str, Whose]:
    """Whose they are, by their ids: the name in the file, and the phone of the account if there is one. A read for
    each, since a page and twice its length are not the same to the table."""
    if not found:
        return {}
    items = patients.table.read_all(patient_key(one.patient_id) for one in found)
    items |= persons.table.read_all(person_key(one.person_id) for one in found)
    return {one.id: _whose(one, items) for one in found}


def _whose(one: Blacklisting, items: dict[Key, Item]) -> Whose:
    filed, signed_up = items.get(patient_key(one.patient_id)), items.get(person_key(one.person_id))
    file = patients.from_item(filed) if filed else None
    person = persons.from_item(signed_up) if signed_up else None
    name = (file and file.name) or (person and person.name) or None
    return Whose(name, person.phone_masked if person else None)


def _kept(blacklisting_id: str, by: Caller) -> Blacklisting:
    """One of the caller's organisation; another's is not there."""
    found = get_blacklisting(blacklisting_id)
    if not by.of_organisation(found.organisation_id):
        raise BlacklistingNotFound
    return found
