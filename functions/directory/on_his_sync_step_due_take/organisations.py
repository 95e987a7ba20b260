"""Taking over organisations: those below the one that the run is for, and its own name."""

from __future__ import annotations

from adapters.his import HisOrganisation
from directory.on_his_sync_step_due_take.fitting import misfit, our_code
from directory.on_his_sync_step_due_take.step import Step
from hospital.his_syncs.model import HisCode
from hospital.organisations.errors import OrganisationCodeTaken
from hospital.organisations.events import OrganisationChanged
from hospital.organisations.keys import code_key, organisation_code_id
from hospital.organisations.model import Organisation
from hospital.organisations.store import (
    change_organisation,
    code_claims,
    find_organisation,
    found_organisation,
    get_organisation,
)
from hospital.work import Work, decided_again


def take_organisation(step: Step, told: HisOrganisation) -> None:
    """One organisation of the HIS."""
    known = step.code("organisations", told.code)
    if step.is_done(known):
        return None
    if wrong := misfit("organisations", told.name):
        return step.bad(known, wrong)
    if told.code == step.top_code:
        return decided_again(lambda: _rename(step, known, told, get_organisation(step.top.id)))
    if not told.parent_code:
        return step.elsewhere(known)
    return _take_below(step, known, told)


def _take_below(step: Step, known: HisCode, told: HisOrganisation) -> None:
    above = step.code("organisations", told.parent_code)
    is_met = above.seen_in == step.run.id or (step.run.extent == "delta" and above.version > 0)
    if not is_met and not step.run.is_last_round:
        step.waiting += 1
        return None
    if is_met and above.became == "elsewhere" and not above.owner_id:
        return step.elsewhere(known)
    if not is_met or not above.owner_id or above.gone:
        return step.bad(known, "parent_code is unknown", told.name)
    if not told.active:
        return step.ended(known)
    return decided_again(lambda: _take(step, known, told, above.owner_id))


def _take(step: Step, known: HisCode, told: HisOrganisation, parent_id: str) -> None:
    here = _here(step, known, told)
    if here is None:
        return _found(step, known, told, parent_id)
    if here.parent_id != parent_id:
        return step.bad(known, "parent_code is changed", told.name)
    return _rename(step, known, told, here)


def _here(step: Step, known: HisCode, told: HisOrganisation) -> Organisation | None:
    """Ours under that code: of an earlier run, or entered by hand below the same organisation."""
    owner_id = "" if known.gone else known.owner_id
    if not owner_id:
        claim = code_claims.get(code_key(organisation_code_id(our_code(told.code))))
        owner_id = claim.owner_id if claim else ""
    found = find_organisation(owner_id)
    return found if found and found.closed_at is None and step.top.id in found.above else None


def _found(step: Step, known: HisCode, told: HisOrganisation, parent_id: str) -> None:
    content = {
        "code": our_code(told.code),
        "his_code": told.code,
        "name": told.name,
        "address": told.address[:200],
        "phone": told.phone[:30],
    }
    new = Organisation.found(get_organisation(parent_id), content, step.now)
    try:
        with Work(by=step.by) as work:
            founded = found_organisation(work, new)
            work.emit(OrganisationChanged.of(founded, "created"))
            after = step.write(work, known, "added", founded.id, founded.name)
    except OrganisationCodeTaken:
        return step.bad(known, "code is taken", told.name)
    return step.wrote(after)


def _rename(step: Step, known: HisCode, told: HisOrganisation, here: Organisation) -> None:
    wanted = {"name": told.name, "his_code": told.code}
    fields = tuple(name for name, value in wanted.items() if getattr(here, name) != value)
    if not fields and known.owner_id == here.id:
        return step.same(known, gone=False)
    with Work(by=step.by) as work:
        if fields:
            changed = change_organisation(work, here, here.having(**wanted))
            work.emit(OrganisationChanged.of(changed, "changed"))
        after = step.write(work, known, "changed", here.id, told.name, fields)
    return step.wrote(after)
