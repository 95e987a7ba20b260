"""Papers and the kinds of them, as tests of staff need them."""

from __future__ import annotations

from typing import Any

from adapters.id_check.port import Finding
from directory.keep_staff.app import app as keep_staff
from directory.maintain_reference.app import app as maintain_reference
from directory.review_staff.app import app as review_staff
from hospital.caller import Caller
from tests.builders.gateway import Answer, call
from tests.builders.people import Clinic, caller, hire

PRACTICE = {"code": "practice", "name": "医师执业证书", "role": "doctor", "need": "required", "order": 10}


def paper_kind(**more: Any) -> str:
    """The id of a kind that the platform asks for."""
    operator = hire("operator").caller
    made = call(maintain_reference, "POST", "/reference/paper_kinds", {"content": PRACTICE | more}, who=operator)
    kind_id: str = made.ok(201)["id"]
    return kind_id


def taken_on(clinic: Clinic, account: str = "new.doctor", **more: Any) -> Answer:
    """A new doctor, by the clinic's admin."""
    body = {"organisation_id": clinic.id, "role": "doctor", "account": account, "name": "吴刚", "title": "主治医师"}
    return call(
        keep_staff,
        "POST",
        "/staff",
        body | {"department_id": clinic.doctor.role.department_id} | more,
        who=clinic.admin.caller,
    )


def decided(clinic: Clinic, staff: dict[str, Any], act: str, who: Caller | None = None, **more: Any) -> Answer:
    """An admin's decision about them, as they were read."""
    body = {"version": staff["version"]} | more
    return call(review_staff, "POST", f"/staff/{staff['id']}/{act}", body, who=who or clinic.admin.caller)


def acting_as(clinic: Clinic, staff: dict[str, Any]) -> Caller:
    """Them as a caller."""
    return caller("per_of_staff", staff["role"], clinic.id, staff["id"])


class KnownDoctors:
    """A register of the population that holds these (number -> name); everybody, when none are named."""

    def __init__(self, known: dict[str, str] | None = None) -> None:
        self.known = known or {}

    def check(self, name: str, id_number: str) -> Finding:
        """See `adapters.id_check.port.IdCheck`."""
        if self.known and id_number not in self.known:
            return Finding("unknown", "r-0")
        return Finding("match" if self.known.get(id_number, name) == name else "mismatch", "r-1")
