"""Where organisations and departments are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from hospital import ids
from hospital.errors import ChangedMeanwhile
from hospital.organisations import keys
from hospital.organisations.errors import (
    DepartmentCodeTaken,
    DepartmentHasStaff,
    DepartmentNotFound,
    OrganisationCodeTaken,
    OrganisationHolds,
    OrganisationNotFound,
    ServiceNotOpen,
)
from hospital.organisations.model import Business, CodeClaim, Department, Holdings, Organisation, Service
from hospital.records import Key
from hospital.table import Collection
from hospital.terminals import Terminal
from hospital.work import Work

Held = Literal["organisations", "departments", "staff"]
_MOST_NAMED = 100  # a condition names at most a hundred

organisations = Collection(
    Organisation,
    "people",
    key=lambda one: keys.organisation_key(one.id),
    lists={"all": lambda one: None if one.closed_at else Key(keys.ALL_ORGANISATIONS, one.id)},
)
departments = Collection(
    Department,
    "people",
    key=lambda one: keys.department_key(one.id),
    lists={
        "of_organisation": lambda one: _listed(one, keys.departments_key(one.organisation_id), ""),
        "all": lambda one: _listed(one, keys.ALL_DEPARTMENTS, f"{one.organisation_id}#"),
    },
)
code_claims = Collection(
    CodeClaim,
    "people",
    key=lambda claim: keys.code_key(claim.id),
    audited=False,  # says nothing that its owner's own line does not
)
holdings = Collection(
    Holdings,
    "people",
    key=lambda one: keys.holdings_key(one.id),
    audited=False,  # a count of things that have lines of their own
)


def _listed(department: Department, partition: str, before: str) -> Key | None:
    return None if department.closed_at else Key(partition, f"{before}{department.order:06d}#{department.id}")


def find_organisation(organisation_id: str) -> Organisation | None:
    """The organisation, closed or not: for names on old records."""
    return organisations.get(keys.organisation_key(organisation_id)) if ids.is_id(organisation_id) else None


def get_organisation(organisation_id: str) -> Organisation:
    """The organisation; `OrganisationNotFound` when there is none, or no more."""
    found = find_organisation(organisation_id)
    if found is None or found.closed_at is not None:
        raise OrganisationNotFound
    return found


def find_department(department_id: str) -> Department | None:
    """The department, closed or not."""
    return departments.get(keys.department_key(department_id)) if ids.is_id(department_id) else None


def get_department(department_id: str) -> Department:
    """The department; `DepartmentNotFound` when there is none, or no more."""
    found = find_department(department_id)
    if found is None or found.closed_at is not None:
        raise DepartmentNotFound
    return found


def organisation_names(organisation_ids: set[str]) -> dict[str, str]:
    """What organisations are called, by their ids (at most 100)."""
    wanted = sorted(one for one in organisation_ids if one)
    found = organisations.get_all(keys.organisation_key(one) for one in wanted) if wanted else []
    return {one.id: one.name for one in found}


def names_of_place(organisation_id: str, department_id: str) -> tuple[str | None, str | None]:
    """What an organisation and a department are called today, closed or not; None for what is not there. One read."""
    house, place = keys.organisation_key(organisation_id), keys.department_key(department_id)
    wanted = [key for key, id_ in ((house, organisation_id), (place, department_id)) if id_]
    items = organisations.table.read_all(wanted) if wanted else {}
    return (
        organisations.from_item(items[house]).name if house in items else None,
        departments.from_item(items[place]).name if place in items else None,
    )


def department_names(department_ids: Iterable[str]) -> dict[str, str]:
    """What departments are called today, closed ones too, by their ids (at most 100)."""
    wanted = sorted({one for one in department_ids if one})
    found = departments.get_all(keys.department_key(one) for one in wanted) if wanted else []
    return {one.id: one.name for one in found}


def departments_called(so: Condition, organisation_id: str | None) -> list[str]:
    """The ids of the departments of that name, of one organisation or of all, a hundred at most: people are searched by
    what their place is called today, and carry the name that it had when they came."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = departments.page(
            "of_organisation" if organisation_id else "all",
            keys.departments_key(organisation_id) if organisation_id else keys.ALL_DEPARTMENTS,
            cursor=cursor,
            limit=_MOST_NAMED,
            where=so,
        )
        found += [one.id for one in page.items]
        cursor = page.cursor
        if cursor is None or len(found) >= _MOST_NAMED:
            return found[:_MOST_NAMED]


def require_business(organisation_id: str, business: Business, terminal: Terminal) -> None:
    """`BusinessOff` (403) when the organisation has switched it off, everywhere or there."""
    get_organisation(organisation_id).offers(business, terminal)


def require_open(
    organisation_id: str, department_id: str, business: Business, service: Service, terminal: Terminal
) -> Department:
    """The department, if both are open for it: `BusinessOff` of the organisation, `ServiceNotOpen` of the department.
    One read."""
    places = [keys.organisation_key(organisation_id), keys.department_key(department_id)]
    items = organisations.table.read_all(places)
    if places[0] not in items:
        raise OrganisationNotFound
    organisations.from_item(items[places[0]]).offers(business, terminal)
    if places[1] not in items:
        raise ServiceNotOpen(service=service)
    department = departments.from_item(items[places[1]])
    department.offers(service)
    return department


def require_service(department_id: str, service: Service) -> None:
    """`ServiceNotOpen` (403) when the department is not opened for it."""
    get_department(department_id).offers(service)


# -- writing, within a transaction ------------------------------------------------------------------------------------


def found_organisation(work: Work, organisation: Organisation) -> Organisation:
    """A new organisation; `OrganisationCodeTaken`, `OrganisationNotFound` when the one above has closed."""
    stored = work.add(organisations, organisation)
    _claim(work, keys.organisation_code_id(stored.code), stored.id, OrganisationCodeTaken())
    if stored.parent_id:
        work.check(organisations, keys.organisation_key(stored.parent_id), _stands(), otherwise=OrganisationNotFound())
        count(work, stored.parent_id, "organisations", 1)
    return stored


def change_organisation(work: Work, before: Organisation, after: Organisation) -> Organisation:
    """The organisation with its new content; `OrganisationCodeTaken`."""
    stored = work.change(organisations, before, after)
    if before.code != after.code:
        _claim(work, keys.organisation_code_id(after.code), after.id, OrganisationCodeTaken())
        _give_up(work, keys.organisation_code_id(before.code), before.id)
    return stored


def close_organisation(work: Work, organisation: Organisation, now: datetime) -> Organisation:
    """It closes, if it holds nothing; `OrganisationHolds`."""
    held = holdings.get(keys.holdings_key(organisation.id)) or Holdings(id=organisation.id)
    counts = {"departments": held.departments, "staff": held.staff, "organisations": held.organisations}
    if any(counts.values()):
        raise OrganisationHolds(**counts)
    closed = work.change(organisations, organisation, organisation.having(closed_at=now))
    work.check(
        holdings,
        keys.holdings_key(organisation.id),
        _none("departments") & _none("staff") & _none("organisations"),
        otherwise=OrganisationHolds(),
    )
    _give_up(work, keys.organisation_code_id(organisation.code), organisation.id)
    if organisation.parent_id:
        count(work, organisation.parent_id, "organisations", -1)
    return closed


def found_department(work: Work, department: Department) -> Department:
    """A new department; `DepartmentCodeTaken`, `OrganisationNotFound` when the organisation has closed."""
    stored = work.add(departments, department)
    claim = keys.department_code_id(stored.organisation_id, stored.code)
    _claim(work, claim, stored.id, DepartmentCodeTaken())
    place = keys.organisation_key(stored.organisation_id)
    work.check(organisations, place, _stands(), otherwise=OrganisationNotFound())
    count(work, stored.organisation_id, "departments", 1)
    return stored


def change_department(work: Work, before: Department, after: Department) -> Department:
    """The department with its new content; `DepartmentCodeTaken`."""
    stored = work.change(departments, before, after)
    if before.code != after.code:
        claim = keys.department_code_id(after.organisation_id, after.code)
        _claim(work, claim, after.id, DepartmentCodeTaken())
        _give_up(work, keys.department_code_id(before.organisation_id, before.code), before.id)
    return stored


def close_department(work: Work, department: Department, now: datetime) -> Department:
    """It closes, if nobody works there; `DepartmentHasStaff`."""
    held = holdings.get(keys.holdings_key(department.id))
    if held is not None and held.staff:
        raise DepartmentHasStaff(staff=held.staff)
    closed = work.change(departments, department, department.having(closed_at=now))
    work.check(holdings, keys.holdings_key(department.id), _none("staff"), otherwise=DepartmentHasStaff())
    _give_up(work, keys.department_code_id(department.organisation_id, department.code), department.id)
    count(work, department.organisation_id, "departments", -1)
    return closed


def take_in_staff(work: Work, organisation_id: str, department_id: str) -> None:
    """Somebody begins to work there. `OrganisationNotFound`, `DepartmentNotFound` when it closed meanwhile."""
    if organisation_id:
        place = keys.organisation_key(organisation_id)
        work.check(organisations, place, _stands(), otherwise=OrganisationNotFound())
        count(work, organisation_id, "staff", 1)
    if department_id:
        enter_department(work, department_id)


def let_go_staff(work: Work, organisation_id: str, department_id: str) -> None:
    """Somebody works there no more."""
    for place in (organisation_id, department_id):
        if place:
            count(work, place, "staff", -1)


def enter_department(work: Work, department_id: str) -> None:
    """One more works in the department. `DepartmentNotFound` when it closed meanwhile."""
    work.check(departments, keys.department_key(department_id), _stands(), otherwise=DepartmentNotFound())
    count(work, department_id, "staff", 1)


def leave_department(work: Work, department_id: str) -> None:
    """One fewer works in the department."""
    count(work, department_id, "staff", -1)


def count(work: Work, owner_id: str, held: Held, by: int) -> None:
    """What the owner holds becomes more or less."""
    always = Path("pk").does_not_exist() | Path("pk").exists()
    actions = [holdings[held].add(by), holdings["id"].set(owner_id)]
    work.update(holdings, keys.holdings_key(owner_id), actions, when=always, otherwise=ChangedMeanwhile())


def _stands() -> Condition:
    stands: Condition = Path("pk").exists() & Path("closed_at").does_not_exist()
    return stands


def _none(held: Held) -> Condition:
    none: Condition = holdings[held].does_not_exist() | (holdings[held] == 0)
    return none


def _claim(work: Work, claim_id: str, owner_id: str, otherwise: Exception) -> None:
    work.add(code_claims, CodeClaim(id=claim_id, owner_id=owner_id), otherwise=otherwise)


def _give_up(work: Work, claim_id: str, owner_id: str) -> None:
    claim = CodeClaim(id=claim_id, owner_id=owner_id)
    work.remove(code_claims, claim, when=code_claims["owner_id"] == owner_id)
