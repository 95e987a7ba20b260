"""What a session is worth at this moment: read afresh for every request and every socket frame."""

from __future__ import annotations

from datetime import datetime

from hospital.access.keys import access_key
from hospital.access.store import accesses
from hospital.caller import Asked, Caller
from hospital.people.keys import role_key
from hospital.people.model import PractitionerRole
from hospital.people.store import roles
from hospital.policy import PERMISSIONS, permissions_of
from hospital.records import Item, Key
from hospital.sessions.errors import SessionOver
from hospital.sessions.keys import session_key
from hospital.sessions.model import Session
from hospital.sessions.store import sessions


def standing_caller(
    session_id: str, practitioner_role_id: str, organisation_id: str, now: datetime, asked: Asked | None = None
) -> Caller:
    """The caller of an open session, with the rights of today; raises `SessionOver`. One read: of the session, of the
    role at the organisation, and of what the organisation's duties give."""
    places = {"session": session_key(session_id)}
    if practitioner_role_id:
        places["role"] = role_key(practitioner_role_id)
    if organisation_id:
        places["access"] = access_key(organisation_id)
    items = sessions.table.read_all(list(places.values()))
    if places["session"] not in items:
        raise SessionOver
    session = sessions.from_item(items[places["session"]])
    of_which = (session.practitioner_role_id, session.organisation_id)
    if not session.is_open(now) or of_which != (practitioner_role_id, organisation_id):
        raise SessionOver
    told = asked or Asked(request_id=session.id)
    return _staff(session, items, places, told) if practitioner_role_id else _person(session, told)


def _person(session: Session, asked: Asked) -> Caller:
    """One who acts for themselves."""
    return Caller(
        person_id=session.person_id,
        role=session.role,
        asked=asked,
        session_id=session.id,
        permissions=PERMISSIONS[session.role],
    )


def _staff(session: Session, items: dict[Key, Item], places: dict[str, Key], asked: Asked) -> Caller:
    """One who acts for an organisation or for the platform, as long as they do."""
    if places["role"] not in items:
        raise SessionOver
    role: PractitionerRole = roles.from_item(items[places["role"]])
    if not role.honours(session.opened_at) or role.organisation_id != session.organisation_id:
        raise SessionOver
    found = items.get(places["access"]) if "access" in places else None
    granted = accesses.from_item(found).granted(role.duties) if found else frozenset[str]()
    return Caller(
        person_id=session.person_id,
        role=role.role,
        asked=asked,
        session_id=session.id,
        organisation_id=role.organisation_id,
        practitioner_role_id=role.id,
        permissions=permissions_of(role.role, granted),
        department_id=role.department_id,
        scope=role.scope,
        password_due=session.password_due,
    )
