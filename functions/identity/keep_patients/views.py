"""A file, as its organisation sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel

from hospital.blacklist.keys import blacklisting_key
from hospital.blacklist.model import State, blacklisting_id_of
from hospital.blacklist.store import blacklistings
from hospital.people.keys import person_key
from hospital.people.model import Patient, TakenIn
from hospital.people.store import patients, persons
from hospital.records import Item, Key
from hospital.verifications.id_number import Sex
from hospital.verifications.keys import identity_key
from hospital.verifications.model import Level
from hospital.verifications.store import identities

_KEYS_IN_ONE_READ = 100


class PatientBlacklisted(BaseModel):
    """Where to read of it."""

    id: str
    state: State


class FileTakenIn(BaseModel):
    """Another file of the same person, for which this one stands."""

    id: str
    phone_masked: str | None
    merged_at: datetime


class PatientView(BaseModel):
    """A file, as the organisation sees it: numbers are masked, and of the birth date there is the year alone."""

    id: str
    version: int
    name: str | None
    phone_masked: str | None
    id_number_masked: str | None
    sex: Sex | None
    birth_year: int | None
    level: Level | None
    opened_at: datetime
    contact_phone_masked: str | None
    address: str | None
    note: str | None
    blacklisted: PatientBlacklisted | None
    taken_in: list[FileTakenIn]


def view_of(file: Patient) -> PatientView:
    """One of them."""
    return views_of([file])[0]


def views_of(files: Sequence[Patient]) -> list[PatientView]:
    """All of a page, in one read unless many of them were merged."""
    places = list(dict.fromkeys(place for file in files for place in _places(file)))
    items: dict[Key, Item] = {}
    for begin in range(0, len(places), _KEYS_IN_ONE_READ):
        items |= patients.table.read_all(places[begin : begin + _KEYS_IN_ONE_READ])
    return [_view(file, items) for file in files]


def _view(file: Patient, items: dict[Key, Item]) -> PatientView:
    who, shown = items.get(person_key(file.person_id)), items.get(identity_key(file.person_id))
    person = persons.from_item(who) if who else None  # a child has a file, and no account
    identity = identities.from_item(shown) if shown else None
    return PatientView(
        name=file.name or (person.name if person else None),
        phone_masked=person.phone_masked if person else None,
        contact_phone_masked=file.contact_phone_masked,
        blacklisted=_blacklisted(file, items),
        id_number_masked=identity.id_number_masked if identity else None,
        sex=identity.sex if identity else None,
        birth_year=identity.birth_date.year if identity else None,
        level=identity.level if identity else None,
        taken_in=[_taken_in(one, items) for one in file.taken_in],
        **file.model_dump(include={"id", "version", "opened_at", "address", "note"}),
    )


def _taken_in(one: TakenIn, items: dict[Key, Item]) -> FileTakenIn:
    who = items.get(person_key(one.person_id))
    phone = persons.from_item(who).phone_masked if who else None
    return FileTakenIn(id=one.patient_id, phone_masked=phone, merged_at=one.at)


def _blacklisted(file: Patient, items: dict[Key, Item]) -> PatientBlacklisted | None:
    """Under whichever account it was."""
    found = [items[place] for place in _listed_at(file) if place in items]
    counting = [one for one in map(blacklistings.from_item, found) if one.counts]
    return PatientBlacklisted(id=counting[0].id, state=counting[0].state) if counting else None


def _places(file: Patient) -> list[Key]:
    """Where the person is kept under each account, who they are, and whether they are on the blacklist."""
    return [*map(person_key, file.person_ids), identity_key(file.person_id), *_listed_at(file)]


def _listed_at(file: Patient) -> list[Key]:
    return [blacklisting_key(blacklisting_id_of(one, file.organisation_id)) for one in file.person_ids]
