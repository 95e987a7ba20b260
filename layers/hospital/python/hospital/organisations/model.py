"""Organisations and departments: pure."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from hospital import ids
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.organisations.errors import BusinessOff, DepartmentNotFound, OrganisationNotFound, ServiceNotOpen
from hospital.records import Record
from hospital.terminals import Terminal

Business = Literal["platform", "outpatient", "consultation", "nursing", "checkup", "telemedicine"]
"""Business modes (业务模式): the basic platform, visits in person, consulting, nursing, check-ups, telemedicine."""
Service = Literal["text_consultation", "video_visit"]
"""What a department may offer online. A new department offers nothing: departments are opened one by one (试点)."""

Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_.-]+$")]
OrganisationName = Annotated[str, Field(min_length=2, max_length=60)]
DepartmentName = Annotated[str, Field(min_length=1, max_length=40)]


class Off(BaseModel):
    """A business that is switched off: at one terminal, or everywhere when none is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    business: Business
    terminal: Terminal | None = None


class Organisation(Record):
    """A hospital, clinic or branch. `above` are those it belongs to, the topmost first; `his_code` is what the
    hospital's own system calls it. It is closed, never deleted: old records point here."""

    above: tuple[str, ...] = ()
    code: str
    name: str
    introduction: str = ""
    address: str = ""
    phone: str = ""
    businesses_off: tuple[Off, ...] = ()
    his_code: str = ""
    joined_at: datetime
    closed_at: datetime | None = None

    @classmethod
    def found(cls, parent: Organisation | None, content: dict[str, Any], now: datetime) -> Self:
        """A new organisation, below `parent`."""
        above = (*parent.above, parent.id) if parent else ()
        return cls(id=ids.new_id("org"), above=above, joined_at=now, **content)

    @property
    def parent_id(self) -> str | None:
        """The one it belongs to directly."""
        return self.above[-1] if self.above else None

    def kept_by(self, who: Caller) -> Self:
        """Itself, if the caller's organisation is this one or stands above it; the platform's own staff keep all."""
        if who.organisation_id and who.organisation_id not in (self.id, *self.above):
            raise OrganisationNotFound
        return self

    def offers(self, business: Business, terminal: Terminal) -> None:
        """`BusinessOff` when it does not, there. Without the platform there is nothing."""
        closed = {(off.business, place) for off in self.businesses_off for place in (off.terminal or terminal,)}
        if {("platform", terminal), (business, terminal)} & closed:
            raise BusinessOff(business=business)

    def read_as(self, version: int) -> Self:
        """Itself, if this is the version that its editor read."""
        if version != self.version:
            raise ChangedMeanwhile(version=self.version)
        return self


class Department(Record):
    """A department of an organisation. `services` is what it offers online."""

    organisation_id: str
    code: str
    name: str
    introduction: str = ""
    order: int = 100
    services: tuple[Service, ...] = ()
    his_code: str = ""
    closed_at: datetime | None = None

    @classmethod
    def found(cls, organisation_id: str, content: dict[str, Any]) -> Self:
        """A new department."""
        return cls(id=ids.new_id("dep"), organisation_id=organisation_id, **content)

    def offers(self, service: Service) -> None:
        """`ServiceNotOpen` when it does not."""
        if service not in self.services or self.closed_at is not None:
            raise ServiceNotOpen(service=service)

    def of_organisation(self, organisation_id: str) -> Self:
        """Itself, if it belongs there."""
        if self.organisation_id != organisation_id:
            raise DepartmentNotFound
        return self

    def read_as(self, version: int) -> Self:
        """Itself, if this is the version that its editor read."""
        if version != self.version:
            raise ChangedMeanwhile(version=self.version)
        return self


class CodeClaim(Record):
    """That an organisation or department has a code that no other has."""

    owner_id: str


class Holdings(Record):
    """How many organisations, departments and members of staff an organisation or department holds, to the unit: a
    removal asks for it in its own transaction. `id` is the owner's."""

    organisations: int = 0
    departments: int = 0
    staff: int = 0
