"""Opening a session, once somebody has proved who they are."""

from __future__ import annotations

from datetime import datetime

from hospital import ids
from hospital.caller import Asked, Audience, Role
from hospital.sessions.events import SignInRecorded
from hospital.sessions.model import SESSION_LIFE, Method, Outcome, Session, SignIn
from hospital.sessions.store import sign_ins
from hospital.work import Work


def new_session(
    person_id: str,
    audience: Audience,
    role: Role,
    asked: Asked,
    now: datetime,
    practitioner_role_id: str = "",
    organisation_id: str = "",
) -> Session:
    """A session on the device that asked. Staff of an organisation have both of the last."""
    return Session(
        id=ids.new_id("ses"),
        person_id=person_id,
        audience=audience,
        role=role,
        practitioner_role_id=practitioner_role_id,
        organisation_id=organisation_id,
        opened_at=now,
        last_used_at=now,
        rotated_at=now,
        ends_at=now + SESSION_LIFE[audience],
        device=asked.device,
        ip=asked.ip,
    )


def log_sign_in(
    work: Work,
    person_id: str,
    method: Method,
    outcome: Outcome,
    asked: Asked,
    now: datetime,
    *,
    role: Role | None = None,
    organisation_id: str = "",
    practitioner_role_id: str = "",
) -> None:
    """A line for the sign-in log, and its event."""
    sign_in = SignIn(
        id=ids.new_id("sin"),
        person_id=person_id,
        organisation_id=organisation_id,
        practitioner_role_id=practitioner_role_id,
        role=role,
        at=now,
        method=method,
        outcome=outcome,
        device=asked.device,
        ip=asked.ip,
    )
    work.emit(SignInRecorded.of(work.add(sign_ins, sign_in)))
