"""Founding, reading, changing and closing departments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.organisations.errors import DepartmentNotFound, OrganisationNotFound
from hospital.organisations.events import DepartmentChanged
from hospital.organisations.keys import ALL_DEPARTMENTS, departments_key
from hospital.organisations.model import Department
from hospital.organisations.store import (
    change_department,
    close_department,
    departments,
    found_department,
    get_department,
    get_organisation,
)
from hospital.paging import Page, Paging
from hospital.work import Work

V = TypeVar("V", bound=BaseModel)


def list_departments(paging: Paging, organisation_id: str | None) -> Page[Department]:
    """One page of the departments, of one organisation or organisation by organisation."""
    return departments.page(
        "of_organisation" if organisation_id else "all",
        departments_key(organisation_id) if organisation_id else ALL_DEPARTMENTS,
        cursor=paging.cursor,
        limit=paging.limit,
    )


def create_department(
    organisation_id: str, content: dict[str, Any], *, view: Callable[[Department], V], by: Caller
) -> V:
    """A new department of an organisation that the caller keeps."""
    organisation = get_organisation(organisation_id).kept_by(by)
    with Work(by=by) as work:
        founded = found_department(work, Department.found(organisation.id, content))
        work.emit(DepartmentChanged.of(founded, "created"))
        return work.answer(view(founded))


def edit_department(
    department_id: str, version: int, content: dict[str, Any], *, view: Callable[[Department], V], by: Caller
) -> V:
    """New content for a department that nobody changed since `version`."""
    before = kept_department(department_id, by).read_as(version)
    with Work(by=by) as work:
        changed = change_department(work, before, before.having(**content))
        work.emit(DepartmentChanged.of(changed, "changed"))
        return work.answer(view(changed))


def remove_department(department_id: str, *, by: Caller, now: datetime) -> None:
    """It is closed, when nobody works there any more."""
    department = kept_department(department_id, by)
    with Work(by=by) as work:
        closed = close_department(work, department, now)
        work.emit(DepartmentChanged.of(closed, "removed"))


def kept_department(department_id: str, by: Caller) -> Department:
    """The department, if the caller keeps its organisation; otherwise it does not exist."""
    department = get_department(department_id)
    try:
        get_organisation(department.organisation_id).kept_by(by)
    except OrganisationNotFound:
        raise DepartmentNotFound from None
    return department
