"""One's own profile."""

from __future__ import annotations

from typing import Any

from hospital.caller import Caller
from hospital.errors import Conflict, Forbidden
from hospital.people.keys import role_key
from hospital.people.model import Person
from hospital.people.store import get_person, persons, roles
from hospital.work import Work, decided_again
from identity.answers import Me, me_of_patient, me_of_staff


class NameNotYours(Forbidden):
    """The names of staff are kept by their organisation."""

    code = "profile.name_kept_by_organisation"


class NameVerified(Conflict):
    """The name is that of the card that was shown; whoever has a new card shows it."""

    code = "profile.name_verified"


def view_profile(who: Caller) -> Me:
    """Who the caller is."""
    return _me(get_person(who.person_id), who)


def change_profile(*, name: str | None, preferences: dict[str, Any], by: Caller) -> Me:
    """Change name and preferences; nothing to change is fine."""
    if name is not None and not by.is_patient:
        raise NameNotYours
    return decided_again(lambda: _changed(name, preferences, by))


def _changed(name: str | None, preferences: dict[str, Any], by: Caller) -> Me:
    person = get_person(by.person_id)
    if name is not None and person.verified_at is not None and name != person.name:
        raise NameVerified
    changed = person.having(name=name or person.name, preferences=person.preferences.model_copy(update=preferences))
    with Work(by=by, doing="person.change_profile") as work:
        return work.answer(_me(work.change(persons, person, changed), by))


def _me(person: Person, who: Caller) -> Me:
    if who.is_patient:
        return me_of_patient(person)
    return me_of_staff(person, roles.need(role_key(who.practitioner_role_id)))
