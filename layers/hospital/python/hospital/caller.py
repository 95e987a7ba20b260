"""Who acts, and from where. Every use case is told; every audit line says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["patient", "doctor", "nurse", "pharmacist", "org_admin", "auditor", "operator", "partner", "clerk"]
Audience = Literal["patient", "staff", "partner"]
Scope = Literal["own", "department", "organisation"]
"""Whose patients a member of staff sees: those of their own, of their department, of their organisation."""


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

    `organisation_id` is set for staff of an organisation; patients and platform operators have none. `permissions` are
    those of the role and of the duties that the organisation gave; none of them counts while `password_due`: somebody
    else knows the password, and its owner has not chosen their own yet.
    """

    person_id: str
    role: Role | None
    asked: Asked
    session_id: str = ""
    organisation_id: str = ""
    practitioner_role_id: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    department_id: str = ""
    scope: Scope = "own"
    password_due: bool = False

    def may(self, permission: str) -> bool:
        """Whether the caller holds `permission` (`visit:apply`) and may use it now."""
        return permission in self.permissions and not self.password_due

    @property
    def is_patient(self) -> bool:
        """Whether the caller acts as a patient."""
        return self.role == "patient"

    def of_organisation(self, organisation_id: str) -> bool:
        """Whether the caller acts for that organisation."""
        return bool(self.organisation_id) and self.organisation_id == organisation_id

    def reaches(self, organisation_id: str, department_id: str, practitioner_role_id: str) -> bool:
        """Whether the record of a treatment lies within the caller's data scope: who treats (`own`), where they treat
        (`department`), or their house (`organisation`). Asked on the loaded record; what lies outside does not exist.
        It is about reading alone, and says nothing about what a role may do at all."""
        if not self.practitioner_role_id or not self.of_organisation(organisation_id):
            return False
        if self.scope == "department" and self.department_id:
            return department_id == self.department_id or practitioner_role_id == self.practitioner_role_id
        return self.scope == "organisation" or practitioner_role_id == self.practitioner_role_id

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
