"""What sessions report."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal, Self

from hospital.caller import Role
from hospital.events import Event
from hospital.sessions.model import Method, Outcome, Session, SignIn

Why = Literal["signed_out", "revoked", "token_replayed"]


class SessionRevoked(Event):
    """A session ended before its time; its sockets are to be closed."""

    TYPE: ClassVar[str] = "session.revoked.v1"
    SOURCE: ClassVar[str] = "sessions"

    person_id: str
    why: Why

    @classmethod
    def of(cls, session: Session, why: Why) -> Self:
        """The event of a session as it was stored."""
        return cls(subject=session.id, sequence=session.version, person_id=session.person_id, why=why)


class SignInRecorded(Event):
    """Somebody signed in, or tried to: a line of the sign-in log was written."""

    TYPE: ClassVar[str] = "sign_in.recorded.v1"
    SOURCE: ClassVar[str] = "sessions"

    person_id: str
    organisation_id: str
    practitioner_role_id: str
    role: Role | None
    at: datetime
    method: Method
    outcome: Outcome
    device: str
    ip: str

    @classmethod
    def of(cls, sign_in: SignIn) -> Self:
        """The event of a line as it was stored."""
        shared = sign_in.model_dump(include=set(cls.model_fields))
        return cls(subject=sign_in.id, sequence=sign_in.version, **shared)
