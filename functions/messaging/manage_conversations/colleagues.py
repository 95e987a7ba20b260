"""Colleagues with whom somebody may talk: of one's own house whoever takes part in conversations, elsewhere doctors."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from hospital.caller import Caller, Role
from hospital.organisations.store import department_names, departments, departments_called, organisation_names
from hospital.paging import Page, Paging
from hospital.people import keys
from hospital.people.store import in_force, roles
from hospital.policy import PERMISSIONS

TALKERS: tuple[Role, ...] = tuple(role for role, held in PERMISSIONS.items() if "conversation:open" in held)


class ColleagueSearch(Paging):
    """By a part of a name, a title or a department; in one's own house, or among the doctors of all."""

    q: Annotated[str, Field(max_length=60)] = ""
    among: Literal["house", "doctors"] = "house"


class Colleague(BaseModel):
    """Somebody with whom a conversation can be opened."""

    id: str
    name: str
    role: Role
    title: str
    department: str
    organisation_name: str


def find_colleagues(search: ColleagueSearch, *, by: Caller, now: datetime) -> Page[Colleague]:
    """Those who work now and take part in conversations, without the caller."""
    house = search.among == "house"
    wanted = in_force(now) & roles["role"].is_in(*TALKERS) & (roles["id"] != by.practitioner_role_id)
    wanted = wanted & (roles["active"] == True) & (roles["standing"] == "approved")  # noqa: E712 - a condition
    if search.q:
        said = roles["name"].contains(search.q) | roles["title"].contains(search.q)
        there = departments_called(departments["name"].contains(search.q), by.organisation_id if house else None)
        wanted = wanted & (said | roles["department_id"].is_in(*there) if there else said)
    page = roles.page(
        "staff" if house else "all_doctors",
        keys.staff_key(by.organisation_id) if house else keys.ALL_DOCTORS,
        cursor=search.cursor,
        limit=search.limit,
        where=wanted,
    )
    names = organisation_names({role.organisation_id for role in page.items})
    places = department_names(role.department_id for role in page.items)
    return page.each(
        lambda role: Colleague(
            id=role.id,
            name=role.name,
            role=role.role,
            title=role.title,
            department=places.get(role.department_id, role.department),
            organisation_name=names.get(role.organisation_id, ""),
        )
    )
