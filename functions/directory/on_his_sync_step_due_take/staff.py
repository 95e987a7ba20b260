"""Taking over doctors, nurses and pharmacists.

Who is new begins as pending: the HIS says that somebody works here, an admin says that they may serve patients. Their
account opens when an admin resets its password. Whom an admin removed stays removed, whatever the HIS says; who was
removed because the HIS said so, and is there again, begins anew, and so does who changed organisation or profession.
What the HIS leaves empty it does not say: title and department stay.
"""

from __future__ import annotations

import secrets
from typing import Any

from adapters.his import HisStaff
from directory.on_his_sync_step_due_take.fitting import account_name, misfit
from directory.on_his_sync_step_due_take.step import Step
from hospital import ids
from hospital.his_syncs.model import HisCode
from hospital.organisations.model import Department
from hospital.organisations.store import (
    enter_department,
    find_department,
    leave_department,
    let_go_staff,
    take_in_staff,
)
from hospital.people.errors import AccountTaken
from hospital.people.events import PractitionerChanged
from hospital.people.keys import account_key, role_key
from hospital.people.model import Account, Person, PractitionerRole
from hospital.people.store import accounts, persons, roles
from hospital.sessions.passwords import hash_password
from hospital.work import Work, decided_again


def take_staff(step: Step, told: HisStaff) -> None:
    """One member of staff of the HIS."""
    known = step.code("staff", told.code)
    if step.is_done(known):
        return None
    place = step.code("organisations", told.organisation_code)
    if place.became == "elsewhere" and not place.owner_id:
        return step.elsewhere(known)
    if not place.owner_id or place.gone:
        return step.bad(known, "organisation_code is unknown", told.name)
    if not told.active:
        return step.ended(known)
    if wrong := misfit("staff", told.name, told.title):
        return step.bad(known, wrong)
    return decided_again(lambda: _take(step, known, told, place.owner_id))


def _take(step: Step, known: HisCode, told: HisStaff, organisation_id: str) -> None:
    department = _department(step, told, organisation_id)
    if told.department_code and department is None:
        return step.bad(known, "department_code is unknown", told.name)
    here = roles.get(role_key(known.owner_id)) if known.owner_id else None
    if here is None or known.gone:
        return _take_on(step, known, told, organisation_id, department, before=here)
    if here.standing == "removed":
        return step.same(known)
    if (here.organisation_id, here.role) != (organisation_id, told.role):
        return _take_on(step, known, told, organisation_id, department, before=here)
    return _change(step, known, told, here, department)


def _department(step: Step, told: HisStaff, organisation_id: str) -> Department | None:
    place = step.code("departments", told.department_code)
    found = find_department(place.owner_id) if place.owner_id and not place.gone else None
    is_here = found is not None and found.closed_at is None and found.organisation_id == organisation_id
    return found if is_here else None


def _change(step: Step, known: HisCode, told: HisStaff, here: PractitionerRole, department: Department | None) -> None:
    wanted: dict[str, Any] = {"name": told.name}
    if told.title:
        wanted["title"] = told.title
    if department is not None:
        wanted["department_id"] = department.id
    fields = tuple(name for name, value in wanted.items() if getattr(here, name) != value)
    if not fields:
        return step.same(known)
    if department is not None:
        wanted["department"] = department.name
    with Work(by=step.by) as work:
        changed = work.change(roles, here, here.having(**wanted))
        if changed.department_id != here.department_id:
            enter_department(work, changed.department_id)
            if here.department_id:
                leave_department(work, here.department_id)
        work.emit(PractitionerChanged.of(changed, "changed"))
        after = step.write(work, known, "changed", here.id, told.name, fields)
    return step.wrote(after)


def _take_on(
    step: Step,
    known: HisCode,
    told: HisStaff,
    organisation_id: str,
    department: Department | None,
    *,
    before: PractitionerRole | None,
) -> None:
    """Somebody begins to work there: new here, or in another place or profession than `before`."""
    account = account_name(step.top.code, told.code)
    if not account:
        return step.bad(known, "code is too long", told.name)
    try:
        with Work(by=step.by, doing="practitioner.take_on") as work:
            taken = work.add(roles, _role(work, step, told, organisation_id, department, before).taken_on())
            take_in_staff(work, organisation_id, taken.department_id)
            _open_account(work, account, taken)
            if before is not None and before.standing != "removed":
                gone = work.change(roles, before, before.stands("remove"))
                let_go_staff(work, before.organisation_id, before.department_id)
                work.emit(PractitionerChanged.of(gone, "removed"))
            work.emit(PractitionerChanged.of(taken, "taken_on"))
            after = step.write(work, known, "added" if _is_new(known, before) else "changed", taken.id, told.name)
    except AccountTaken:
        return step.bad(known, "code is taken", told.name)
    return step.wrote(after)


def _is_new(known: HisCode, before: PractitionerRole | None) -> bool:
    return before is None or known.gone


def _role(
    work: Work,
    step: Step,
    told: HisStaff,
    organisation_id: str,
    department: Department | None,
    before: PractitionerRole | None,
) -> PractitionerRole:
    person_id = before.person_id if before else ids.new_id("per")
    if before is None:
        work.add(persons, Person(id=person_id, name=told.name, joined_at=step.now))
    return PractitionerRole(
        id=ids.new_id("prr"),
        person_id=person_id,
        organisation_id=organisation_id,
        role=told.role,
        name=told.name,
        title=told.title,
        department_id=department.id if department else "",
        department=department.name if department else "",
        introduction=before.introduction if before else told.introduction[:1000],
        order=before.order if before else 1000,
        his_code=told.code,
    )


def _open_account(work: Work, name: str, role: PractitionerRole) -> None:
    """Under a password that nobody knows. Somebody who had one keeps it, with its password."""
    had = accounts.get(account_key(name))
    if had is not None and had.person_id == role.person_id:
        work.change(accounts, had, had.having(practitioner_role_id=role.id))
        return
    opened = Account(
        id=name,
        person_id=role.person_id,
        practitioner_role_id=role.id,
        password_hash=hash_password(secrets.token_urlsafe(24)),
    )
    work.add(accounts, opened, otherwise=AccountTaken())
