"""Taking on, finding, changing and removing staff."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

from pydantic import BaseModel
from pynamodb.expressions.condition import Condition

from directory.staff_views import StaffDetail, detailed, kept_staff
from hospital import ids
from hospital.caller import Caller, Role
from hospital.errors import ChangedMeanwhile
from hospital.organisations.model import Department
from hospital.organisations.store import (
    enter_department,
    get_department,
    get_organisation,
    leave_department,
    let_go_staff,
    take_in_staff,
)
from hospital.paging import Page, Paging
from hospital.people.errors import AccountTaken, NotOneself
from hospital.people.events import PractitionerChanged
from hospital.people.keys import staff_contact_key, staff_key
from hospital.people.model import Account, Person, PractitionerRole, StaffContact
from hospital.people.standing import Standing
from hospital.people.store import (
    account_of,
    accounts,
    hands_of,
    in_force,
    persons,
    roles,
    run_out,
    staff_contacts,
    staff_of_phone,
    staff_phone_hash_of,
)
from hospital.sessions.passwords import hash_password, made_password
from hospital.work import Work


class TakenOn(BaseModel):
    """A new member of staff, and the password of their account: told once."""

    staff: StaffDetail
    account: str
    password: str


def find_staff(
    paging: Paging,
    *,
    organisation_id: str | None,
    q: str | None,
    role: Role | None,
    standing: Standing | None,
    department_id: str | None,
    by: Caller,
    now: datetime,
) -> Page[PractitionerRole]:
    """One page of those who work at an organisation that the caller keeps; removed ones only when asked for."""
    place = by.organisation_id if organisation_id is None else get_organisation(organisation_id).kept_by(by).id
    wanted = [_standing_as(standing, now) if standing else roles["standing"] != "removed"]
    if q:
        wanted.append(roles["name"].contains(q))
    if role:
        wanted.append(roles["role"] == role)
    if department_id:
        wanted.append(roles["department_id"] == department_id)
    where = reduce(and_, wanted)
    return roles.page("staff", staff_key(place), cursor=paging.cursor, limit=paging.limit, where=where)


def find_by_phone(phone: str, organisation_id: str | None, *, by: Caller) -> list[PractitionerRole]:
    """Who is reached under exactly that number, of an organisation that the caller keeps."""
    place = by.organisation_id if organisation_id is None else get_organisation(organisation_id).kept_by(by).id
    return staff_of_phone(place, phone)


def _standing_as(standing: Standing, now: datetime) -> Condition:
    """Whose papers ran out stands as expired, though nobody wrote it down."""
    wanted: Condition = roles["standing"] == ("approved" if standing == "expired" else standing)
    if standing == "expired":
        wanted &= run_out(now)
    if standing == "approved":
        wanted &= in_force(now)
    return wanted


def take_on(
    organisation_id: str,
    role: Role,
    account: str,
    content: dict[str, Any],
    *,
    phone: str = "",
    by: Caller,
    now: datetime,
) -> TakenOn:
    """A new member of staff with an account; the password is for them to change."""
    organisation = get_organisation(organisation_id).kept_by(by)
    placed = _placed(content, organisation.id)
    password = made_password()
    with Work(by=by, doing="practitioner.take_on") as work:
        person = work.add(persons, Person(id=ids.new_id("per"), name=content["name"], joined_at=now))
        new = PractitionerRole(
            id=ids.new_id("prr"), person_id=person.id, organisation_id=organisation.id, role=role, **placed
        )
        taken = work.add(roles, new.taken_on())
        opened = Account(
            id=account.lower(),
            person_id=person.id,
            practitioner_role_id=taken.id,
            password_hash=hash_password(password),
            hands=hands_of(by),
            own_password=False,
        )
        work.add(accounts, opened, otherwise=AccountTaken())
        take_in_staff(work, organisation.id, taken.department_id)
        contact = _reached_under(work, taken, phone)
        work.emit(PractitionerChanged.of(taken, "taken_on"))
        shown = detailed(taken, contact, opened)
        return work.answer(TakenOn(staff=shown, account=opened.id, password=password))


def change_staff(
    practitioner_role_id: str,
    version: int,
    content: dict[str, Any],
    *,
    phone: str | None = None,
    by: Caller,
) -> StaffDetail:
    """New content for a member of staff whom nobody changed since `version`; their phone stays where it is None."""
    before = kept_staff(practitioner_role_id, by)
    if before.version != version:
        raise ChangedMeanwhile(version=before.version)
    placed = _placed(content, before.organisation_id)
    with Work(by=by, doing="practitioner.change") as work:
        changed = work.change(roles, before, before.having(**placed))
        if changed.department_id != before.department_id:
            if changed.department_id:
                enter_department(work, changed.department_id)
            if before.department_id:
                leave_department(work, before.department_id)
        contact = _reached_under(work, changed, phone)
        work.emit(PractitionerChanged.of(changed, "changed"))
        return work.answer(detailed(changed, contact, account_of(changed.id)))


def remove_staff(practitioner_role_id: str, *, by: Caller) -> None:
    """They work here no more: gone from patients' lists, and their sessions count no longer."""
    role = kept_staff(practitioner_role_id, by)
    if role.id == by.practitioner_role_id:
        raise NotOneself
    with Work(by=by) as work:
        removed = work.change(roles, role, role.stands("remove"))
        let_go_staff(work, role.organisation_id, role.department_id)
        work.emit(PractitionerChanged.of(removed, "removed"))


def _reached_under(work: Work, role: PractitionerRole, phone: str | None) -> StaffContact | None:
    """How they are reached from here on: as before where `phone` is None, and not at all where it is empty."""
    before = staff_contacts.get(staff_contact_key(role.id)) if role.version > 1 else None
    if phone is None or phone == (before.phone or "" if before else ""):
        return before
    hashed = staff_phone_hash_of(role.organisation_id, phone) if phone else ""
    if before is None:
        new = StaffContact(id=role.id, organisation_id=role.organisation_id, phone=phone, phone_hash=hashed)
        return work.add(staff_contacts, new)
    return work.change(staff_contacts, before, before.having(phone=phone or None, phone_hash=hashed))


def _placed(content: dict[str, Any], organisation_id: str) -> dict[str, Any]:
    """The content with the name of the department, which must be the organisation's."""
    department = _department(content["department_id"], organisation_id)
    return content | {"department": department.name if department else ""}


def _department(department_id: str, organisation_id: str) -> Department | None:
    return get_department(department_id).of_organisation(organisation_id) if department_id else None
