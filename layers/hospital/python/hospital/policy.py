"""Who may call a route. Roles hold permissions; routes name one.

A permission says what one may do at all. Whether a record is the caller's to see is asked in the use case, on the
loaded record: another's is `NotFound`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hospital.caller import Caller, Role
from hospital.errors import Forbidden, Unauthenticated

PERMISSIONS: Mapping[Role, frozenset[str]] = {
    "patient": frozenset({"visit:apply", "visit:read", "conversation:take_part", "account:keep"}),
    "doctor": frozenset(
        {
            "visit:read",
            "visit:read_earlier",
            "visit:answer",
            "visit:finish",
            "conversation:take_part",
            "conversation:open",
            "conversation:export",
            "account:keep",
            "reference:read",
        }
    ),
    "nurse": frozenset({"conversation:take_part", "conversation:open", "account:keep", "reference:read"}),
    "pharmacist": frozenset({"conversation:take_part", "conversation:open", "account:keep", "reference:read"}),
    "org_admin": frozenset({"account:keep", "reference:read", "reference:write", "log:read"}),
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
        }
    ),
    "partner": frozenset({"account:keep"}),
}


@dataclass(frozen=True)
class Allow:
    """A route's policy: anonymous, any signed-in person, or the holders of one permission."""

    anonymous: bool = False
    permission: str = ""

    def check(self, caller: Caller) -> None:
        """Raises `Unauthenticated` or `Forbidden`."""
        if self.anonymous:
            return
        if caller.role is None:
            raise Unauthenticated
        if self.permission and not caller.may(self.permission):
            raise Forbidden(permission=self.permission)

    def __str__(self) -> str:
        return "anyone" if self.anonymous else self.permission or "signed in"


anyone = Allow(anonymous=True)
signed_in = Allow()


def can(permission: str) -> Allow:
    """Those whose role holds `permission`, which must be one that some role holds."""
    if not any(permission in held for held in PERMISSIONS.values()):
        raise ValueError(f"no role holds the permission {permission!r}")
    return Allow(permission=permission)
