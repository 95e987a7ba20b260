"""Routes of organisations."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from directory.keep_organisations import use_case
from hospital import clock
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.organisations.errors import OrganisationCodeTaken, OrganisationHolds, OrganisationNotFound, ParentNeeded
from hospital.organisations.model import Code, Off, Organisation, OrganisationName
from hospital.organisations.store import get_organisation as stored_organisation
from hospital.paging import Page, Paging
from hospital.policy import anyone, can

app = App("keep_organisations")

_KEEPS = can("organisation:write")


class OrganisationView(BaseModel):
    """An organisation as everybody sees it."""

    id: str
    version: int
    parent_id: str | None
    code: str
    name: str
    introduction: str
    address: str
    phone: str
    businesses_off: list[Off]

    @classmethod
    def of(cls, organisation: Organisation) -> OrganisationView:
        """The view of an organisation."""
        told = organisation.model_dump(include=set(cls.model_fields) - {"businesses_off"})
        return cls(**told, parent_id=organisation.parent_id, businesses_off=list(organisation.businesses_off))


class OrganisationContent(Command):
    """What is written of an organisation."""

    code: Code
    name: OrganisationName
    introduction: Annotated[str, Field(max_length=2000)] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    phone: Annotated[str, Field(max_length=30)] = ""

    def content(self) -> dict[str, Any]:
        """The organisation's own fields."""
        return self.model_dump(include=set(OrganisationContent.model_fields))


class CreateOrganisation(OrganisationContent):
    """A new organisation; `parent_id` is the one it belongs to."""

    parent_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class ChangeOrganisation(OrganisationContent):
    """New content for the organisation that was read as `version`."""

    version: Annotated[int, Field(ge=1, le=2**31)]


class SetBusinesses(Command):
    """Everything that is switched off, for the organisation that was read as `version`."""

    version: Annotated[int, Field(ge=1, le=2**31)]
    businesses_off: Annotated[list[Off], Field(max_length=40)]


@app.route("GET", "/organisations", allow=anyone, query=Paging, returns=Page[OrganisationView])
def get_organisations(query: Paging) -> Page[OrganisationView]:
    """All organisations, as they joined."""
    return use_case.list_organisations(query).each(OrganisationView.of)


@app.route(
    "GET", "/organisations/{organisation_id}", allow=anyone, returns=OrganisationView, errors=(OrganisationNotFound,)
)
def get_organisation(organisation_id: str) -> OrganisationView:
    """One organisation."""
    return OrganisationView.of(stored_organisation(organisation_id))


@app.route(
    "POST",
    "/organisations",
    allow=_KEEPS,
    body=CreateOrganisation,
    returns=OrganisationView,
    status=201,
    errors=(OrganisationNotFound, OrganisationCodeTaken, ParentNeeded),
)
def post_organisation(who: Caller, body: CreateOrganisation) -> OrganisationView:
    """Found an organisation."""
    return use_case.create_organisation(
        body.parent_id, body.content(), view=OrganisationView.of, by=who, now=clock.now()
    )


@app.route(
    "PUT",
    "/organisations/{organisation_id}",
    allow=_KEEPS,
    body=ChangeOrganisation,
    returns=OrganisationView,
    errors=(OrganisationNotFound, OrganisationCodeTaken, ChangedMeanwhile),
)
def put_organisation(who: Caller, organisation_id: str, body: ChangeOrganisation) -> OrganisationView:
    """Change an organisation."""
    return use_case.edit_organisation(organisation_id, body.version, body.content(), view=OrganisationView.of, by=who)


@app.route(
    "PUT",
    "/organisations/{organisation_id}/businesses",
    allow=_KEEPS,
    body=SetBusinesses,
    returns=OrganisationView,
    errors=(OrganisationNotFound, ChangedMeanwhile),
)
def put_businesses(who: Caller, organisation_id: str, body: SetBusinesses) -> OrganisationView:
    """Switch businesses off and on."""
    return use_case.set_businesses(
        organisation_id, body.version, tuple(body.businesses_off), view=OrganisationView.of, by=who
    )


@app.route(
    "DELETE",
    "/organisations/{organisation_id}",
    allow=_KEEPS,
    status=204,
    errors=(OrganisationNotFound, OrganisationHolds, ChangedMeanwhile),
)
def delete_organisation(who: Caller, organisation_id: str) -> None:
    """Remove an organisation that holds nothing any more."""
    use_case.remove_organisation(organisation_id, by=who, now=clock.now())
