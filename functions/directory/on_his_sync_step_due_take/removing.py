"""Removing what has ended in the HIS, after everything was read: staff first, organisations last."""

from __future__ import annotations

from directory.on_his_sync_step_due_take.step import Step
from hospital.his_syncs.model import HisCode, Kind, Taken
from hospital.his_syncs.store import codes_after
from hospital.organisations.errors import DepartmentHasStaff, OrganisationHolds
from hospital.organisations.events import DepartmentChanged, OrganisationChanged
from hospital.organisations.store import (
    close_department,
    close_organisation,
    find_department,
    find_organisation,
    let_go_staff,
)
from hospital.people.events import PractitionerChanged
from hospital.people.keys import role_key
from hospital.people.store import roles
from hospital.work import Work, decided_again

_PER_STEP = 50


def remove_ended(step: Step, kind: Kind) -> Taken:
    """The next part of what was ever taken over."""
    found, is_all = codes_after(step.top.id, kind, step.run.cursor, _PER_STEP)
    for known in found:
        if known.seen_in == step.run.id and known.seen_at == step.run.version:
            step.is_done(known)
        elif known.to_remove(step.run):
            _remove(step, known)
    return step.taken(None if is_all else found[-1].id)


def _remove(step: Step, known: HisCode) -> None:
    remove = {"staff": _remove_staff, "departments": _close_department, "organisations": _close_organisation}
    return decided_again(lambda: remove[known.sort](step, known))


def _remove_staff(step: Step, known: HisCode) -> None:
    role = roles.get(role_key(known.owner_id))
    if role is None or role.standing == "removed":
        return step.same(known, gone=True)
    with Work(by=step.by) as work:
        removed = work.change(roles, role, role.stands("remove"))
        let_go_staff(work, role.organisation_id, role.department_id)
        work.emit(PractitionerChanged.of(removed, "removed"))
        after = step.write(work, known, "removed", role.id, role.name)
    return step.wrote(after)


def _close_department(step: Step, known: HisCode) -> None:
    department = find_department(known.owner_id)
    if department is None or department.closed_at is not None:
        return step.same(known, gone=True)
    try:
        with Work(by=step.by) as work:
            closed = close_department(work, department, step.now)
            work.emit(DepartmentChanged.of(closed, "removed"))
            after = step.write(work, known, "removed", closed.id, closed.name)
    except DepartmentHasStaff:
        return step.bad(known, "department is in use", department.name)
    return step.wrote(after)


def _close_organisation(step: Step, known: HisCode) -> None:
    organisation = find_organisation(known.owner_id)
    if organisation is None or organisation.closed_at is not None:
        return step.same(known, gone=True)
    if organisation.id == step.top.id:
        return step.bad(known, "organisation is in use", organisation.name)
    try:
        with Work(by=step.by) as work:
            closed = close_organisation(work, organisation, step.now)
            work.emit(OrganisationChanged.of(closed, "removed"))
            after = step.write(work, known, "removed", closed.id, closed.name)
    except OrganisationHolds:
        return step.bad(known, "organisation is in use", organisation.name)
    return step.wrote(after)
