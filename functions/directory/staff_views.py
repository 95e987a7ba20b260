"""How a member of staff and their papers are shown, and whose records the caller keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from pydantic import BaseModel

from hospital import clock
from hospital.caller import Caller, Role
from hospital.listings import DAY_ZONE
from hospital.organisations.errors import OrganisationNotFound
from hospital.organisations.store import department_names, get_organisation
from hospital.people.errors import StaffNotFound
from hospital.people.keys import staff_contact_key
from hospital.people.model import Account, PractitionerRole, StaffContact
from hospital.people.papers import Paper, PaperState, ScanType
from hospital.people.standing import Standing
from hospital.people.store import account_of, get_staff, staff_contacts


class StaffView(BaseModel):
    """A member of staff, as their organisation's admins see them and they themselves. `department` is what the place
    is called today."""

    id: str
    version: int
    organisation_id: str
    role: Role
    name: str
    title: str
    department: str
    department_id: str
    introduction: str
    specialities: str
    order: int
    on_leave: bool
    standing: Standing
    standing_reason: str
    valid_until: datetime | None

    @classmethod
    def of(cls, role: PractitionerRole) -> StaffView:
        """The view of a role, as it stands now."""
        return views_of([role])[0]


class StaffDetail(StaffView):
    """Likewise, with how they are reached (`138****8000`) and the name of their account, for who keeps their record."""

    phone_masked: str | None
    account: str | None


def detail_of(role: PractitionerRole) -> StaffDetail:
    """All that is kept of a member of staff."""
    return detailed(role, staff_contacts.get(staff_contact_key(role.id)), account_of(role.id))


def detailed(role: PractitionerRole, contact: StaffContact | None, account: Account | None) -> StaffDetail:
    """Likewise, of what was read or just written."""
    return StaffDetail(
        **StaffView.of(role).model_dump(),
        phone_masked=contact.phone_masked if contact else None,
        account=account.id if account else None,
    )


def views_of(found: Sequence[PractitionerRole]) -> list[StaffView]:
    """The views of roles, as they stand now; names of places are read once for all."""
    names = department_names(role.department_id for role in found)
    now = clock.now()
    return [_view(role.as_of(now), names) for role in found]


def _view(role: PractitionerRole, names: Mapping[str, str]) -> StaffView:
    told = role.model_dump(include=set(StaffView.model_fields))
    return StaffView(**told | {"department": names.get(role.department_id, role.department)})


class PaperView(BaseModel):
    """A paper. Its number is masked (`1101****21`); `scan` says whether its scan is a picture or a document."""

    id: str
    version: int
    kind_id: str
    kind_name: str
    number_masked: str
    issuer: str
    valid_from: date | None
    valid_until: date | None
    added_at: datetime
    scan: ScanType | None
    state: PaperState

    @classmethod
    def of(cls, paper: Paper, role: PractitionerRole, now: datetime) -> PaperView:
        """The view of a paper of somebody in that role, as it stands now."""
        told = paper.model_dump(include=set(cls.model_fields) - {"state"})
        state = paper.state(role.approved_at, now.astimezone(DAY_ZONE).date())
        return cls(**told, number_masked=paper.number_masked, scan=paper.scan_type, state=state)


def paper_views(role: PractitionerRole, papers: Iterable[Paper], now: datetime) -> list[PaperView]:
    """The views of several."""
    return [PaperView.of(paper, role, now) for paper in papers]


def kept_staff(practitioner_role_id: str, by: Caller) -> PractitionerRole:
    """The member of staff, if the caller keeps where they work; otherwise there is nobody."""
    role = get_staff(practitioner_role_id)
    if role.organisation_id in ("", by.organisation_id):
        if by.organisation_id and not role.organisation_id:
            raise StaffNotFound
        return role
    try:
        get_organisation(role.organisation_id).kept_by(by)
    except OrganisationNotFound:
        raise StaffNotFound from None
    return role
