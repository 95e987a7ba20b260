"""Records of a HIS, read from plain values: what cannot be understood is named, never fatal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar, get_args

from adapters.his.port import (
    CardKind,
    Diagnosis,
    HisCard,
    HisDepartment,
    HisFile,
    HisOrganisation,
    HisPage,
    HisStaff,
    HisVisit,
    StaffRole,
    Unreadable,
)

T = TypeVar("T")
Plain = Mapping[str, Any]
CLINIC_TIME = timezone(timedelta(hours=8))
"""Chinese hospitals keep Beijing time, and their systems write it without saying so."""

_CODE = re.compile(r"[0-9A-Za-z._\-/]{1,40}")
_LONGEST_NAME, _LONGEST_TEXT = 100, 2000


class Misread(ValueError):
    """A record that cannot be understood; the text says what is wrong with it, without its values."""


def page_of(rows: Iterable[Any], read: Callable[[Plain], T], cursor: str | None) -> HisPage[T]:
    """A page: what can be read, and what cannot by its code and reason."""
    items: list[T] = []
    unreadable: list[Unreadable] = []
    for row in rows:
        try:
            items.append(read(row if isinstance(row, Mapping) else {}))
        except Misread as wrong:
            code = row.get("code") if isinstance(row, Mapping) else None
            unreadable.append(Unreadable(str(code)[:40] if code else "", str(wrong)))
    return HisPage(tuple(items), tuple(unreadable), cursor)


def organisation(row: Plain) -> HisOrganisation:
    """`{code, name, parent_code?, address?, phone?, active?}`."""
    return HisOrganisation(
        code=code(row, "code"),
        name=name(row, "name"),
        parent_code=code(row, "parent_code", needed=False),
        address=text(row, "address"),
        phone=text(row, "phone"),
        active=truth(row, "active"),
    )


def department(row: Plain) -> HisDepartment:
    """`{code, name, organisation_code, parent_code?, introduction?, active?}`."""
    return HisDepartment(
        code=code(row, "code"),
        name=name(row, "name"),
        organisation_code=code(row, "organisation_code"),
        parent_code=code(row, "parent_code", needed=False),
        introduction=text(row, "introduction"),
        active=truth(row, "active"),
    )


def member(row: Plain) -> HisStaff:
    """`{code, name, role, organisation_code, department_code?, title?, introduction?, active?}`."""
    return HisStaff(
        code=code(row, "code"),
        name=name(row, "name"),
        role=one_of(row, "role", get_args(StaffRole)),
        organisation_code=code(row, "organisation_code"),
        department_code=code(row, "department_code", needed=False),
        title=text(row, "title"),
        introduction=text(row, "introduction"),
        active=truth(row, "active"),
    )


def file(row: Plain) -> HisFile:
    """`{patient_number, id_number, name, phone?}`."""
    return HisFile(
        patient_number=code(row, "patient_number"),
        id_number=code(row, "id_number").upper(),
        name=name(row, "name"),
        phone=text(row, "phone"),
    )


def card(row: Plain) -> HisCard:
    """`{kind, number, scannable?, active?}`."""
    return HisCard(
        kind=one_of(row, "kind", get_args(CardKind)),
        number=code(row, "number"),
        scannable=truth(row, "scannable", otherwise=False),
        active=truth(row, "active"),
    )


def visit(row: Plain) -> HisVisit:
    """`{number, at, department_name, department_code?, doctor_name?, diagnoses: [{code, name}]}`."""
    return HisVisit(
        number=code(row, "number"),
        at=moment(row, "at"),
        department_name=name(row, "department_name"),
        department_code=code(row, "department_code", needed=False),
        doctor_name=text(row, "doctor_name"),
        diagnoses=tuple(Diagnosis(code(one, "code"), name(one, "name")) for one in row.get("diagnoses") or ()),
    )


def code(row: Plain, field: str, *, needed: bool = True) -> str:
    """A code or number: letters, digits, `.`, `_`, `-`, `/`."""
    value = text(row, field)
    if not value and not needed:
        return ""
    if not _CODE.fullmatch(value):
        raise Misread(f"{field} is missing" if not value else f"{field} is no code")
    return value


def name(row: Plain, field: str) -> str:
    """What people are called, and things: it must be there."""
    value = text(row, field)
    if not value or len(value) > _LONGEST_NAME:
        raise Misread(f"{field} is too long" if value else f"{field} is missing")
    return value


def text(row: Plain, field: str) -> str:
    """Words that may be missing."""
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str) or "\x00" in value:
        raise Misread(f"{field} is no text")
    if len(value) > _LONGEST_TEXT:
        raise Misread(f"{field} is too long")
    return value.strip()


def truth(row: Plain, field: str, *, otherwise: bool = True) -> bool:
    """Yes or no."""
    value = row.get(field)
    if value is None:
        return otherwise
    if not isinstance(value, bool):
        raise Misread(f"{field} is neither yes nor no")
    return value


def one_of(row: Plain, field: str, known: tuple[Any, ...]) -> Any:
    """One of the words that are known."""
    value = row.get(field)
    if value not in known:
        raise Misread(f"{field} is unknown")
    return value


def moment(row: Plain, field: str) -> datetime:
    """A moment in ISO 8601; without a zone it is the clinic's."""
    try:
        found = value if isinstance(value := row.get(field), datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise Misread(f"{field} is no moment") from None
    return (found if found.tzinfo else found.replace(tzinfo=CLINIC_TIME)).astimezone(UTC)
