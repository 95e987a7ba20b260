"""Routes of the records of staff."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from directory.keep_staff import use_case
from directory.keep_staff.use_case import TakenOn
from directory.staff_views import StaffDetail, StaffView, detail_of, kept_staff, views_of
from hospital import clock
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.organisations.errors import DepartmentNotFound, OrganisationNotFound
from hospital.paging import Page, Paging
from hospital.people.errors import AccountTaken, NotOneself, StaffMovedOn, StaffNotFound
from hospital.people.standing import Standing
from hospital.policy import can

app = App("keep_staff")

StaffRole = Literal["doctor", "nurse", "pharmacist", "org_admin", "auditor", "clerk"]
"""Whom an organisation takes on; operators and partners are the platform's."""


PHONE = r"^\+?[0-9][0-9 -]{5,18}[0-9]$"


class StaffSearch(Paging):
    """Whom to look for; all given parts must match. Without a standing: all who were not removed."""

    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None
    q: Annotated[str, Field(min_length=1, max_length=40, description="Part of the name")] | None = None
    role: StaffRole | None = None
    standing: Standing | None = None
    department_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class StaffContent(Command):
    """What is written of a member of staff."""

    name: Annotated[str, Field(min_length=2, max_length=40)]
    title: Annotated[str, Field(max_length=20)] = ""
    department_id: Annotated[str, Field(pattern=f"^$|{PATTERN}")] = ""
    introduction: Annotated[str, Field(max_length=1000)] = ""
    specialities: Annotated[str, Field(max_length=200)] = ""
    order: Annotated[int, Field(ge=0, le=999_999)] = 1000

    def content(self) -> dict[str, Any]:
        """The role's own fields."""
        return self.model_dump(include=set(StaffContent.model_fields))


class TakeOnStaff(StaffContent):
    """A new member of staff, and the name of their account."""

    organisation_id: Annotated[str, Field(pattern=PATTERN)]
    role: StaffRole
    account: Annotated[str, Field(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9._@-]+$")]
    phone: Annotated[str, Field(pattern=rf"^$|{PHONE}")] = ""


class ChangeStaff(StaffContent):
    """New content for the member of staff who was read as `version`. A phone number that is left out stays, an empty
    one goes. Who is on leave is shown to no patient, and finishes what they began."""

    version: Annotated[int, Field(ge=1, le=2**31)]
    phone: Annotated[str, Field(pattern=rf"^$|{PHONE}")] | None = None
    on_leave: bool = False


class SearchStaff(Command):
    """An exact phone number. In the body, so that it stands in no address."""

    phone: Annotated[str, Field(pattern=PHONE)]
    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class StaffFound(BaseModel):
    """Who is reached under a number, whether they still work there or not."""

    items: list[StaffView]


@app.route(
    "GET",
    "/staff",
    allow=can("staff:read"),
    query=StaffSearch,
    returns=Page[StaffView],
    errors=(OrganisationNotFound,),
)
def get_staff(who: Caller, query: StaffSearch) -> Page[StaffView]:
    """Those who work at an organisation, in its order."""
    found = use_case.find_staff(
        query,
        organisation_id=query.organisation_id,
        q=query.q,
        role=query.role,
        standing=query.standing,
        department_id=query.department_id,
        by=who,
        now=clock.now(),
    )
    return Page(items=views_of(found.items), cursor=found.cursor)


@app.route(
    "POST",
    "/staff-searches",
    allow=can("staff:read"),
    body=SearchStaff,
    returns=StaffFound,
    errors=(OrganisationNotFound,),
)
def post_staff_search(who: Caller, body: SearchStaff) -> StaffFound:
    """Those who are reached under that phone number."""
    return StaffFound(items=views_of(use_case.find_by_phone(body.phone, body.organisation_id, by=who)))


@app.route(
    "GET",
    "/staff/{practitioner_role_id}",
    allow=can("staff:read"),
    returns=StaffDetail,
    errors=(StaffNotFound,),
)
def get_one_of_staff(who: Caller, practitioner_role_id: str) -> StaffDetail:
    """One member of staff, removed or not."""
    return detail_of(kept_staff(practitioner_role_id, who))


@app.route(
    "POST",
    "/staff",
    allow=can("staff:write"),
    body=TakeOnStaff,
    returns=TakenOn,
    status=201,
    errors=(OrganisationNotFound, DepartmentNotFound, AccountTaken),
)
def post_staff(who: Caller, body: TakeOnStaff) -> TakenOn:
    """Take somebody on."""
    content = body.content()
    return use_case.take_on(
        body.organisation_id, body.role, body.account, content, phone=body.phone, by=who, now=clock.now()
    )


@app.route(
    "PUT",
    "/staff/{practitioner_role_id}",
    allow=can("staff:write"),
    body=ChangeStaff,
    returns=StaffDetail,
    errors=(StaffNotFound, DepartmentNotFound, ChangedMeanwhile),
)
def put_staff(who: Caller, practitioner_role_id: str, body: ChangeStaff) -> StaffDetail:
    """Change a member of staff."""
    content = body.content() | {"on_leave": body.on_leave}
    return use_case.change_staff(practitioner_role_id, body.version, content, phone=body.phone, by=who)


@app.route(
    "DELETE",
    "/staff/{practitioner_role_id}",
    allow=can("staff:write"),
    status=204,
    errors=(StaffNotFound, StaffMovedOn, NotOneself, ChangedMeanwhile),
)
def delete_staff(who: Caller, practitioner_role_id: str) -> None:
    """Remove a member of staff."""
    use_case.remove_staff(practitioner_role_id, by=who)
