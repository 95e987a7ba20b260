"""Taking a run one page further."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adapters import his
from adapters.his import His, HisPage, HisRefused, HisUnavailable
from directory.on_his_sync_step_due_take.departments import take_department
from directory.on_his_sync_step_due_take.organisations import take_organisation
from directory.on_his_sync_step_due_take.removing import remove_ended
from directory.on_his_sync_step_due_take.staff import take_staff
from directory.on_his_sync_step_due_take.step import Step
from hospital import clock
from hospital.caller import Caller
from hospital.errors import AlreadyDone
from hospital.his_syncs.events import HisSyncStepDue
from hospital.his_syncs.model import Kind, Taken
from hospital.his_syncs.store import get_run, move
from hospital.observability import count, say
from hospital.organisations.errors import OrganisationNotFound
from hospital.organisations.store import get_organisation
from hospital.work import Work

Wanted = Iterable[tuple[Kind, str]]


def on_his_sync_step_due_take(envelope: dict[str, Any], by: Caller) -> None:
    """One page, or one part of what is to be removed. A step that was done before finds the run further on."""
    event = HisSyncStepDue.told(envelope)
    run = get_run(event.subject)
    if run.state != "running" or run.version != event.sequence:
        return
    now = clock.now()
    try:
        step = Step(run, get_organisation(run.organisation_id), by, now)
        after = run.proceed(_take(step), now)
    except OrganisationNotFound:
        step, after = None, run.fail("organisation is unknown", now)
    except HisUnavailable as away:
        reason = str(away.facts.get("reason", "unavailable"))
        # A hospital without a HIS will have none in a minute either.
        step, after = None, run.fail(reason, now) if reason == "none" else run.put_off(reason, now)
    except HisRefused as no:
        step, after = None, run.fail(str(no.facts.get("reason", "refused")), now)
    if step is not None:
        step.leave()
    with Work(by=by, once=envelope["id"], doing="his_sync.step") as work:
        if step is not None:
            step.say_nameless(work)
        moved = move(work, run, after, otherwise=AlreadyDone())
    count("his_sync_step", state=moved.state)
    if moved.state == "failed":
        say("a run against the HIS gave up; its report says why", level="warning", adapter="his")


def _take(step: Step) -> Taken:
    act, kind = step.run.at
    if act == "remove":
        return remove_ended(step, kind)
    if kind == "organisations":
        return _read_organisations(step, his.his())
    _demand_top(step)
    return _read_departments(step, his.his()) if kind == "departments" else _read_staff(step, his.his())


def _demand_top(step: Step) -> None:
    """A HIS that does not know the organisation says nothing about its departments."""
    step.learn([("organisations", step.top_code)])
    if step.code("organisations", step.top_code).owner_id != step.top.id:
        raise OrganisationNotFound


def _read_organisations(step: Step, theirs: His) -> Taken:
    page = theirs.organisations(step.run.since, step.run.cursor or None)
    told = {one.code: one for one in page.items}
    wanted: list[tuple[Kind, str]] = [("organisations", code) for code in told]
    _learn(step, "organisations", page, [*wanted, *(("organisations", one.parent_code) for one in told.values())])
    for one in told.values():
        take_organisation(step, one)
    return step.taken(page.cursor)


def _read_departments(step: Step, theirs: His) -> Taken:
    page = theirs.departments(step.run.since, step.run.cursor or None)
    told = {one.code: one for one in page.items}
    wanted: list[tuple[Kind, str]] = [("departments", code) for code in told]
    _learn(step, "departments", page, [*wanted, *(("organisations", one.organisation_code) for one in told.values())])
    for one in told.values():
        take_department(step, one)
    return step.taken(page.cursor)


def _read_staff(step: Step, theirs: His) -> Taken:
    page = theirs.staff(step.run.since, step.run.cursor or None)
    told = {one.code: one for one in page.items}
    wanted: list[tuple[Kind, str]] = [("staff", code) for code in told]
    wanted += [("organisations", one.organisation_code) for one in told.values()]
    wanted += [("departments", one.department_code) for one in told.values()]
    _learn(step, "staff", page, wanted)
    for one in told.values():
        take_staff(step, one)
    return step.taken(page.cursor)


def _learn(step: Step, kind: Kind, page: HisPage[Any], wanted: Wanted) -> None:
    """What the codes of a page stand for; and what of it cannot be read is said first."""
    step.learn([*wanted, *((kind, one.code) for one in page.unreadable)])
    for number, wrong in enumerate(page.unreadable):
        step.unreadable(kind, wrong, number)
