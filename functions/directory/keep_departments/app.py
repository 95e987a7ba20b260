"""Routes of departments."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from directory.keep_departments import use_case
from hospital import clock
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.organisations.errors import (
    DepartmentCodeTaken,
    DepartmentHasStaff,
    DepartmentNotFound,
    OrganisationNotFound,
)
from hospital.organisations.model import Code, Department, DepartmentName, Service
from hospital.organisations.store import get_department as stored_department
from hospital.paging import Page, Paging
from hospital.policy import anyone, can

app = App("keep_departments")

_KEEPS = can("organisation:write")


class DepartmentView(BaseModel):
    """A department as everybody sees it."""

    id: str
    version: int
    organisation_id: str
    code: str
    name: str
    introduction: str
    order: int
    services: list[Service]

    @classmethod
    def of(cls, department: Department) -> DepartmentView:
        """The view of a department."""
        return cls(**department.model_dump(include=set(cls.model_fields)))


class DepartmentSearch(Paging):
    """Of which organisation; of all when none is named."""

    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class DepartmentContent(Command):
    """What is written of a department. `services` opens it for what it may offer online."""

    code: Code
    name: DepartmentName
    introduction: Annotated[str, Field(max_length=1000)] = ""
    order: Annotated[int, Field(ge=0, le=999_999)] = 100
    services: Annotated[list[Service], Field(max_length=10, default_factory=list)]

    def content(self) -> dict[str, Any]:
        """The department's own fields."""
        told = self.model_dump(include=set(DepartmentContent.model_fields))
        return told | {"services": tuple(sorted(set(self.services)))}


class CreateDepartment(DepartmentContent):
    """A new department."""

    organisation_id: Annotated[str, Field(pattern=PATTERN)]


class ChangeDepartment(DepartmentContent):
    """New content for the department that was read as `version`."""

    version: Annotated[int, Field(ge=1, le=2**31)]


@app.route("GET", "/departments", allow=anyone, query=DepartmentSearch, returns=Page[DepartmentView])
def get_departments(query: DepartmentSearch) -> Page[DepartmentView]:
    """Departments in the order of their organisation."""
    return use_case.list_departments(query, query.organisation_id).each(DepartmentView.of)


@app.route("GET", "/departments/{department_id}", allow=anyone, returns=DepartmentView, errors=(DepartmentNotFound,))
def get_department(department_id: str) -> DepartmentView:
    """One department."""
    return DepartmentView.of(stored_department(department_id))


@app.route(
    "POST",
    "/departments",
    allow=_KEEPS,
    body=CreateDepartment,
    returns=DepartmentView,
    status=201,
    errors=(OrganisationNotFound, DepartmentCodeTaken),
)
def post_department(who: Caller, body: CreateDepartment) -> DepartmentView:
    """Found a department."""
    return use_case.create_department(body.organisation_id, body.content(), view=DepartmentView.of, by=who)


@app.route(
    "PUT",
    "/departments/{department_id}",
    allow=_KEEPS,
    body=ChangeDepartment,
    returns=DepartmentView,
    errors=(DepartmentNotFound, DepartmentCodeTaken, ChangedMeanwhile),
)
def put_department(who: Caller, department_id: str, body: ChangeDepartment) -> DepartmentView:
    """Change a department, or open it for online services."""
    return use_case.edit_department(department_id, body.version, body.content(), view=DepartmentView.of, by=who)


@app.route(
    "DELETE",
    "/departments/{department_id}",
    allow=_KEEPS,
    status=204,
    errors=(DepartmentNotFound, DepartmentHasStaff, ChangedMeanwhile),
)
def delete_department(who: Caller, department_id: str) -> None:
    """Remove a department in which nobody works."""
    use_case.remove_department(department_id, by=who, now=clock.now())
