"""Finding a doctor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from operator import and_

from pydantic import BaseModel
from pynamodb.expressions.condition import Condition

from hospital.errors import NotFound
from hospital.organisations.keys import department_key
from hospital.organisations.model import Department, Service
from hospital.organisations.store import departments, departments_called, organisation_names
from hospital.paging import Page, Paging
from hospital.people import keys
from hospital.people.model import PractitionerRole
from hospital.people.store import get_doctor, in_force, roles
from hospital.visits.errors import DoctorNotFound

_NOWHERE = "dep_none"


class Doctor(BaseModel):
    """A doctor as patients see them. `services` are what their department offers online."""

    id: str
    name: str
    title: str
    department: str
    department_id: str | None
    services: list[Service]
    organisation_id: str
    organisation_name: str
    introduction: str
    specialities: str


def find_doctors(
    paging: Paging,
    *,
    q: str | None,
    department: str | None,
    department_id: str | None,
    organisation_id: str | None,
    now: datetime,
) -> Page[Doctor]:
    """One page of the doctors that match."""
    page = roles.page(
        "doctors" if organisation_id else "all_doctors",
        keys.doctors_key(organisation_id) if organisation_id else keys.ALL_DOCTORS,
        cursor=paging.cursor,
        limit=paging.limit,
        where=_matching(q, department, department_id, organisation_id, now),
    )
    return Page(items=_shown(page.items), cursor=page.cursor)


def _matching(
    q: str | None, department: str | None, department_id: str | None, organisation_id: str | None, now: datetime
) -> Condition:
    """What patients search by: a name, an illness that they are said to know, a department as it is called now."""
    wanted = [in_force(now)]
    if q:
        said = roles["name"].contains(q) | roles["introduction"].contains(q) | roles["specialities"].contains(q)
        there = departments_called(departments["name"].contains(q), organisation_id)
        wanted.append(said | roles["department_id"].is_in(*there) if there else said)
    if department:
        there = departments_called(departments["name"] == department, organisation_id)
        wanted.append(roles["department_id"].is_in(*there or [_NOWHERE]))
    if department_id:
        wanted.append(roles["department_id"] == department_id)
    return reduce(and_, wanted)


def view_doctor(doctor_id: str) -> Doctor:
    """One doctor; somebody whom patients may not ask is not found."""
    try:
        role = get_doctor(doctor_id)
    except NotFound:
        raise DoctorNotFound from None
    return _shown([role])[0]


def _shown(found: Sequence[PractitionerRole]) -> list[Doctor]:
    """Doctors with the names of where they work, of which at most a page is read."""
    names = organisation_names({role.organisation_id for role in found})
    wanted = sorted({role.department_id for role in found if role.department_id})
    there = {one.id: one for one in departments.get_all(department_key(one) for one in wanted)} if wanted else {}
    return [_doctor(role, names, there.get(role.department_id)) for role in found]


def _doctor(role: PractitionerRole, organisation_names: dict[str, str], department: Department | None) -> Doctor:
    return Doctor(
        id=role.id,
        name=role.name,
        title=role.title,
        department=department.name if department else role.department,
        department_id=role.department_id or None,
        services=list(department.services) if department else [],
        organisation_id=role.organisation_id,
        organisation_name=organisation_names.get(role.organisation_id, ""),
        introduction=role.introduction,
        specialities=role.specialities,
    )
