"""What sessions report."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from hospital.events import Event
from hospital.sessions.model import Session

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
