"""What a session is worth at this moment: read afresh for every request and every socket frame."""

from __future__ import annotations

from datetime import datetime

from hospital.caller import Asked, Caller
from hospital.people.keys import role_key
from hospital.people.store import roles
from hospital.policy import PERMISSIONS
from hospital.sessions.errors import SessionOver
from hospital.sessions.keys import session_key
from hospital.sessions.store import sessions


def standing_caller(session_id: str, practitioner_role_id: str, now: datetime, asked: Asked | None = None) -> Caller:
    """The caller of an open session, with the rights of today; raises `SessionOver`. One read."""
    keys = [session_key(session_id)] + ([role_key(practitioner_role_id)] if practitioner_role_id else [])
    items = sessions.table.read_all(keys)
    if keys[0] not in items:
        raise SessionOver
    session = sessions.from_item(items[keys[0]])
    if not session.is_open(now) or session.practitioner_role_id != practitioner_role_id:
        raise SessionOver
    organisation_id = ""
    role_name = session.role
    if practitioner_role_id:
        if keys[1] not in items:
            raise SessionOver
        role = roles.from_item(items[keys[1]])
        if not role.active:
            raise SessionOver
        organisation_id, role_name = role.organisation_id, role.role
    return Caller(
        person_id=session.person_id,
        role=role_name,
        asked=asked or Asked(request_id=session.id),
        session_id=session.id,
        organisation_id=organisation_id,
        practitioner_role_id=practitioner_role_id,
        permissions=PERMISSIONS[role_name],
    )
