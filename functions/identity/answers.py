"""What the routes of this area answer: who somebody is, and the session they have just opened."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from hospital import settings
from hospital.access.store import get_access
from hospital.caller import Audience, Role
from hospital.http import Cookie, Reply
from hospital.organisations.store import names_of_place
from hospital.people.model import Person, PractitionerRole, Preferences
from hospital.policy import PERMISSIONS, permissions_of
from hospital.sessions.model import ACCESS_LIFE, SESSION_LIFE, Session
from hospital.sessions.tokens import access_token, refresh_token

SignedInAs = Literal["patient", "staff"]


class Me(BaseModel):
    """Who the caller is, and what their role and their duties let them do: nothing of it while `password_due`, until
    they have changed the password that somebody else made."""

    person_id: str
    name: str | None
    phone_masked: str | None
    verified: bool
    audience: Audience
    role: Role
    organisation_id: str | None
    organisation_name: str | None
    practitioner_role_id: str | None
    title: str | None
    department: str | None
    department_id: str | None
    permissions: list[str]
    preferences: Preferences
    password_due: bool = False


class SessionOpened(BaseModel):
    """An access token for `expires_in_seconds`; the refresh token is in the cookie that comes with it."""

    access_token: str
    expires_in_seconds: int
    me: Me


def me_of_patient(person: Person) -> Me:
    """A patient, as they are shown to themselves."""
    return Me(
        person_id=person.id,
        name=person.name,
        phone_masked=person.phone_masked,
        verified=person.verified_at is not None,
        audience="patient",
        role="patient",
        organisation_id=None,
        organisation_name=None,
        practitioner_role_id=None,
        title=None,
        department=None,
        department_id=None,
        permissions=sorted(PERMISSIONS["patient"]),
        preferences=person.preferences,
    )


def me_of_staff(person: Person, role: PractitionerRole, *, password_due: bool = False) -> Me:
    """A member of staff, as they are shown to themselves."""
    organisation, department = names_of_place(role.organisation_id, role.department_id)
    return Me(
        person_id=person.id,
        name=role.name,
        phone_masked=person.phone_masked,
        verified=person.verified_at is not None,
        audience="staff",
        role=role.role,
        organisation_id=role.organisation_id or None,
        organisation_name=organisation,
        practitioner_role_id=role.id,
        title=role.title or None,
        department=department or role.department or None,
        department_id=role.department_id or None,
        permissions=sorted(permissions_of(role.role, _granted(role))),
        preferences=person.preferences,
        password_due=password_due,
    )


def _granted(role: PractitionerRole) -> frozenset[str]:
    """What the organisation's duties add."""
    return get_access(role.organisation_id).granted(role.duties) if role.duties else frozenset()


def session_opened(session: Session, me: Me, now: datetime) -> SessionOpened:
    """The part of it that a page may read."""
    seconds = int(ACCESS_LIFE.total_seconds())
    return SessionOpened(access_token=access_token(session, now), expires_in_seconds=seconds, me=me)


def session_reply(session: Session, me: Me, now: datetime) -> Reply:
    """Both tokens: the access token in the body for memory, the refresh token in a cookie no script can read."""
    opened = session_opened(session, me, now)
    life = int(SESSION_LIFE[session.audience].total_seconds())
    return Reply(body=opened, cookies=(session_cookie(session.audience, refresh_token(session), life),))


def session_cookie(audience: str, value: str, seconds: int) -> Cookie:
    """The refresh cookie. Patients and staff have one each: both pages may be open in one browser."""
    secure = settings.current().site_origin.startswith("https://")
    return Cookie(name=f"refresh_{audience}", value=value, seconds=seconds, secure=secure)
