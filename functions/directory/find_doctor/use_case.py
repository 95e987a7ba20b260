"""Finding a doctor."""

from __future__ import annotations

from functools import reduce
from operator import and_

from pydantic import BaseModel
from pynamodb.expressions.condition import Condition

from hospital.errors import NotFound
from hospital.paging import Page, Paging
from hospital.people import keys
from hospital.people.model import PractitionerRole
from hospital.people.store import get_doctor, roles
from hospital.reference.keys import item_key
from hospital.reference.store import items
from hospital.visits.errors import DoctorNotFound


class Doctor(BaseModel):
    """A doctor as patients see them."""

    id: str
    name: str
    title: str
    department: str
    organisation_id: str
    organisation_name: str
    introduction: str


def find_doctors(paging: Paging, *, q: str | None, department: str | None, organisation_id: str | None) -> Page[Doctor]:
    """One page of the doctors that match."""
    page = roles.page(
        "doctors" if organisation_id else "all_doctors",
        keys.doctors_key(organisation_id) if organisation_id else keys.ALL_DOCTORS,
        cursor=paging.cursor,
        limit=paging.limit,
        where=_matching(q, department),
    )
    names = _organisation_names({role.organisation_id for role in page.items})
    return page.each(lambda role: _doctor(role, names))


def _matching(q: str | None, department: str | None) -> Condition | None:
    """What patients search by: a name, an illness that the introduction speaks of, a department."""
    wanted: list[Condition] = []
    if q:
        wanted.append(roles["name"].contains(q) | roles["introduction"].contains(q) | roles["department"].contains(q))
    if department:
        wanted.append(roles["department"] == department)
    return reduce(and_, wanted) if wanted else None


def view_doctor(doctor_id: str) -> Doctor:
    """One doctor; somebody whom patients may not ask is not found."""
    try:
        role = get_doctor(doctor_id)
    except NotFound:
        raise DoctorNotFound from None
    return _doctor(role, _organisation_names({role.organisation_id}))


def _organisation_names(organisation_ids: set[str]) -> dict[str, str]:
    profiles = items.get_all(item_key(organisation_id) for organisation_id in sorted(organisation_ids))
    return {profile.id: profile.content["name"] for profile in profiles}


def _doctor(role: PractitionerRole, organisation_names: dict[str, str]) -> Doctor:
    return Doctor(
        id=role.id,
        name=role.name,
        title=role.title,
        department=role.department,
        organisation_id=role.organisation_id,
        organisation_name=organisation_names.get(role.organisation_id, ""),
        introduction=role.introduction,
    )
