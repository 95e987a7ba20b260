"""The part of the day that is about duties and accounts."""

from __future__ import annotations

from tests.journeys.people import Clinic, Staff, a_key


def keeps_access(admin: Staff, operator: Staff, clinic: Clinic) -> None:
    """Duties written and given; an account disabled, enabled and reset, its second factor by two."""
    duties = admin.ok("GET", "/identity/access/duties")
    content = {"name": "日志查询员", "permissions": ["log:read"], "version": duties["version"]}
    admin.ok("PUT", "/identity/access/duties/log_reader", content, key=a_key())
    clinic.one("pharmacist")
    place = f"/identity/access/staff/{clinic.accounts('pharmacist')[0]['practitioner_role_id']}"
    version = admin.ok("GET", place)["version"]
    admin.ok("GET", f"/identity/access/staff?account={clinic.accounts('pharmacist')[0]['account']}")
    given = {"duties": ["log_reader"], "scope": "own", "version": version}
    admin.ok("PUT", place, given, key=a_key())
    for act in ("disable", "enable", "password-reset", "second-factor-reset"):
        admin.ok("POST", f"{place}/{act}", key=a_key())
    operator.ok("POST", f"{place}/second-factor-reset", key=a_key())
