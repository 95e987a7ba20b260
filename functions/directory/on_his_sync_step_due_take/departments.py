"""Taking over departments."""

from __future__ import annotations

from adapters.his import HisDepartment
from directory.on_his_sync_step_due_take.fitting import misfit, our_code
from directory.on_his_sync_step_due_take.step import Step
from hospital.his_syncs.model import HisCode
from hospital.organisations.errors import DepartmentCodeTaken
from hospital.organisations.events import DepartmentChanged
from hospital.organisations.keys import code_key, department_code_id
from hospital.organisations.model import Department
from hospital.organisations.store import change_department, code_claims, find_department, found_department
from hospital.work import Work, decided_again


def take_department(step: Step, told: HisDepartment) -> None:
    """One department of the HIS."""
    known = step.code("departments", told.code)
    if step.is_done(known):
        return None
    place = step.code("organisations", told.organisation_code)
    if place.became == "elsewhere" and not place.owner_id:
        return step.elsewhere(known)
    if not place.owner_id or place.gone:
        return step.bad(known, "organisation_code is unknown", told.name)
    if not told.active:
        return step.ended(known)
    if wrong := misfit("departments", told.name):
        return step.bad(known, wrong)
    return decided_again(lambda: _take(step, known, told, place.owner_id))


def _take(step: Step, known: HisCode, told: HisDepartment, organisation_id: str) -> None:
    here = _here(known, told, organisation_id)
    if here is None:
        return _found(step, known, told, organisation_id)
    if here.organisation_id != organisation_id:
        return step.bad(known, "organisation_code is changed", told.name)
    wanted = {"name": told.name, "his_code": told.code}
    fields = tuple(name for name, value in wanted.items() if getattr(here, name) != value)
    if not fields and known.owner_id == here.id:
        return step.same(known, gone=False)
    with Work(by=step.by) as work:
        if fields:
            changed = change_department(work, here, here.having(**wanted))
            work.emit(DepartmentChanged.of(changed, "changed"))
        after = step.write(work, known, "changed", here.id, told.name, fields)
    return step.wrote(after)


def _here(known: HisCode, told: HisDepartment, organisation_id: str) -> Department | None:
    """Ours under that code: of an earlier run, or entered by hand."""
    owner_id = "" if known.gone else known.owner_id
    if not owner_id:
        claim = code_claims.get(code_key(department_code_id(organisation_id, our_code(told.code))))
        owner_id = claim.owner_id if claim else ""
    found = find_department(owner_id)
    return found if found and found.closed_at is None else None


def _found(step: Step, known: HisCode, told: HisDepartment, organisation_id: str) -> None:
    content = {
        "code": our_code(told.code),
        "his_code": told.code,
        "name": told.name,
        "introduction": told.introduction[:1000],
    }
    try:
        with Work(by=step.by) as work:
            founded = found_department(work, Department.found(organisation_id, content))
            work.emit(DepartmentChanged.of(founded, "created"))
            after = step.write(work, known, "added", founded.id, founded.name)
    except DepartmentCodeTaken:
        return step.bad(known, "code is taken", told.name)
    return step.wrote(after)
