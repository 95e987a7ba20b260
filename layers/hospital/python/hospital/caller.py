"""Who acts, and from where. Every use case is told; every audit line says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["patient", "doctor", "nurse", "pharmacist", "org_admin", "auditor", "operator", "partner"]
Audience = Literal["patient", "staff", "partner"]


@dataclass(frozen=True)
class Intent:
    """What the client calls one wish of its user, however often it has to send it."""

    key: str
    body_hash: str


@dataclass(frozen=True)
class Asked:
    """The request behind an act."""

    request_id: str
    route: str = ""
    ip: str = ""
    device: str = ""
    intent: Intent | None = None
    origin: str = ""


@dataclass(frozen=True)
class Caller:
    """One who acts: a person in one role, or one of the hospital's own functions (`role` is None).

    `organisation_id` is set for staff of an organisation; patients and platform operators have none.
    """

    person_id: str
    role: Role | None
    asked: Asked
    session_id: str = ""
    organisation_id: str = ""
    practitioner_role_id: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Whether the caller's role holds `permission` (`visit:apply`)."""
        return permission in self.permissions

    @property
    def is_patient(self) -> bool:
        """Whether the caller acts as a patient."""
        return self.role == "patient"

    def of_organisation(self, organisation_id: str) -> bool:
        """Whether the caller acts for that organisation."""
        return bool(self.organisation_id) and self.organisation_id == organisation_id

    def stated(self) -> dict[str, Any]:
        """For events and audit lines: ids and role, nothing else. Where nobody had signed in yet, the route acted."""
        if self.role is None:
            return {"system": self.person_id or self.asked.route}
        return {
            "person_id": self.person_id,
            "role": self.role,
            **({"organisation_id": self.organisation_id} if self.organisation_id else {}),
        }


def nobody(asked: Asked) -> Caller:
    """A caller who has not signed in."""
    return Caller(person_id="", role=None, asked=asked)


def system(function: str, because: str = "") -> Caller:
    """One of the hospital's own functions, acting because of an event (its id)."""
    return Caller(person_id=function, role=None, asked=Asked(request_id=because or function, route=function))
