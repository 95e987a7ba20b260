"""Who may call a route. Roles hold permissions, and an organisation adds some by duties; routes name one.

A permission says what one may do at all. Whether a record is the caller's to see is asked in the use case, on the
loaded record: another's is `NotFound`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hospital.caller import Caller, Role
from hospital.errors import Forbidden, Unauthenticated

_TALKS = frozenset({"conversation:take_part", "conversation:open", "call:hold", "call:read_quality"})

PERMISSIONS: Mapping[Role, frozenset[str]] = {
    "patient": frozenset(
        {
            "visit:apply",
            "visit:read",
            "conversation:take_part",
            "call:hold",
            "account:keep",
            "identity:prove",
            "card:keep",
            "past_visit:read",
            "blacklist:appeal",
            "consent:keep",
            "data_copy:ask",
            "family:keep",
            "sign_in_method:keep",
            "emergency:see_own",
        }
    ),
    "doctor": frozenset(
        {
            "visit:read",
            "visit:read_earlier",
            "visit:answer",
            "visit:finish",
            "conversation:take_part",
            "call:hold",
            "conversation:open",
            "conversation:export",
            "call:read_quality",
            "account:keep",
            "reference:read",
            "registration:keep",
        }
    ),
    "nurse": _TALKS | {"account:keep", "reference:read", "registration:keep"},
    "pharmacist": _TALKS | {"account:keep", "reference:read", "registration:keep"},
    "org_admin": frozenset(
        {
            "account:keep",
            "reference:read",
            "reference:write",
            "log:read",
            "organisation:write",
            "identity:check",
            "access:keep",
            "staff:read",
            "staff:write",
            "staff:review",
            "patient:keep",
            "blacklist:keep",
            "sign_up:configure",
            "consent_text:write",
            "sms:read",
            "sms:write",
        }
    ),
    # Reads what was said, recalled or not, and leaves a line for each reading; takes part in nothing.
    "auditor": frozenset({"conversation:audit", "conversation:export", "account:keep"}),
    "operator": frozenset(
        {
            "account:keep",
            "reference:read",
            "reference:write",
            "reference:write_platform",
            "log:read",
            "log:verify",
            "house:inspect",
            "organisation:write",
            "staff:read",
            "staff:write",
            "staff:review",
            "access:keep",
            "sign_up:configure",
            "consent_text:write",
            "sms:read",
            "sms:write",
            "sms:connect",
        }
    ),
    "partner": frozenset({"account:keep"}),
    # Of an organisation's operations: whatever their duties give, and nothing of themselves.
    "clerk": frozenset({"account:keep"}),
}

_OFFICE: frozenset[Role] = frozenset({"clerk", "org_admin", "doctor", "nurse", "pharmacist"})

GRANTABLE: Mapping[str, frozenset[Role]] = {
    "reference:read": _OFFICE,
    "reference:write": _OFFICE,
    "log:read": _OFFICE,
    "staff:read": _OFFICE,
    "identity:check": _OFFICE,
    "identity:review": frozenset({"clerk", "org_admin"}),
    "patient:keep": _OFFICE,
    "blacklist:keep": _OFFICE,
    "consent_text:write": _OFFICE,
    "sms:read": _OFFICE,
    "sms:write": _OFFICE,
    "sms:read_numbers": frozenset({"clerk", "org_admin"}),
    "emergency:read": frozenset({"doctor"}),
    "emergency:review": frozenset({"clerk", "org_admin"}),
}
"""What an organisation may put into a duty, and to which roles it comes from there. What is not here comes with the
role alone, as all that lets somebody treat patients or read what was said to them; but for what a doctor opens in an
emergency (rule BREAK-GLASS), one patient at a time and each time judged by a privacy officer (`emergency:review`); and
the faces in doubt (`identity:review`), which no role sees by itself."""


def permissions_of(role: Role, granted: Iterable[str]) -> frozenset[str]:
    """What one of that role may do, to whom duties grant these permissions: no others than may be granted to it."""
    return PERMISSIONS[role] | {right for right in granted if role in GRANTABLE.get(right, ())}


class OwnPasswordDue(Forbidden):
    """Somebody else made the password one signed in with: first comes one's own, then everything else."""

    code = "password.own_due"


@dataclass(frozen=True)
class Allow:
    """A route's policy: anonymous, any signed-in person, or the holders of one permission. `password_due`: also for
    whoever has yet to choose a password of their own."""

    anonymous: bool = False
    permission: str = ""
    password_due: bool = False

    def check(self, caller: Caller) -> None:
        """Raises `Unauthenticated`, `OwnPasswordDue` or `Forbidden`."""
        if self.anonymous:
            return
        if caller.role is None:
            raise Unauthenticated
        if caller.password_due and not self.password_due:
            raise OwnPasswordDue
        if self.permission and self.permission not in caller.permissions:
            raise Forbidden(permission=self.permission)

    def __str__(self) -> str:
        return "anyone" if self.anonymous else self.permission or "signed in"


anyone = Allow(anonymous=True)
signed_in = Allow()


def can(permission: str, *, password_due: bool = False) -> Allow:
    """Those who hold `permission`, which must be one that some role holds or may be granted; see `Allow`."""
    if permission not in GRANTABLE and not any(permission in held for held in PERMISSIONS.values()):
        raise ValueError(f"no role holds the permission {permission!r}")
    return Allow(permission=permission, password_due=password_due)
