"""Keys of organisations and departments, in the table `people`.

| who asks | key or list |
| --- | --- |
| an organisation | `ORGANISATION#org_1 / ORGANISATION` |
| all organisations, as they joined | list `all`: `ORGANISATIONS / org_1` |
| a department | `DEPARTMENT#dep_1 / DEPARTMENT` |
| the departments of an organisation, in its order | list `of_organisation`: `DEPARTMENTS#org_1 / <order>#dep_1` |
| all departments | list `all`: `DEPARTMENTS / org_1#<order>#dep_1` |
| which organisation or department has a code | `CODE#organisation#A01 / UNIQUE`, `CODE#org_1#A01 / UNIQUE` |
| what an organisation or a department holds | `HOLDINGS#org_1 / HOLDINGS` |
"""

from __future__ import annotations

from hospital.records import Key

ALL_ORGANISATIONS = "ORGANISATIONS"
ALL_DEPARTMENTS = "DEPARTMENTS"


def organisation_key(organisation_id: str) -> Key:
    """An organisation."""
    return Key(f"ORGANISATION#{organisation_id}", "ORGANISATION")


def department_key(department_id: str) -> Key:
    """A department."""
    return Key(f"DEPARTMENT#{department_id}", "DEPARTMENT")


def departments_key(organisation_id: str) -> str:
    """The partition of an organisation's departments."""
    return f"DEPARTMENTS#{organisation_id}"


def organisation_code_id(code: str) -> str:
    """The id of the claim of an organisation's code."""
    return f"organisation#{code}"


def department_code_id(organisation_id: str, code: str) -> str:
    """The id of the claim of a department's code."""
    return f"{organisation_id}#{code}"


def code_key(claim_id: str) -> Key:
    """The claim of a code."""
    return Key(f"CODE#{claim_id}", "UNIQUE")


def holdings_key(owner_id: str) -> Key:
    """How much an organisation or a department holds."""
    return Key(f"HOLDINGS#{owner_id}", "HOLDINGS")
