"""Opening a session, once somebody has proved who they are."""

from __future__ import annotations

from datetime import datetime

from hospital import ids
from hospital.caller import Asked, Audience, Role
from hospital.sessions.model import SESSION_LIFE, Method, Outcome, Session, SignIn


def new_session(
    person_id: str, audience: Audience, role: Role, asked: Asked, now: datetime, practitioner_role_id: str = ""
) -> Session:
    """A session on the device that asked."""
    return Session(
        id=ids.new_id("ses"),
        person_id=person_id,
        audience=audience,
        role=role,
        practitioner_role_id=practitioner_role_id,
        opened_at=now,
        last_used_at=now,
        rotated_at=now,
        ends_at=now + SESSION_LIFE[audience],
        device=asked.device,
        ip=asked.ip,
    )


def new_sign_in(person_id: str, method: Method, outcome: Outcome, asked: Asked, now: datetime) -> SignIn:
    """A line for the sign-in log."""
    return SignIn(
        id=ids.new_id("sin"),
        person_id=person_id,
        at=now,
        method=method,
        outcome=outcome,
        device=asked.device,
        ip=asked.ip,
    )
