"""Starting a run, and seeing runs with their report."""

from __future__ import annotations

from datetime import datetime

from directory.keep_his_syncs.views import HisSyncView, SyncLineView
from directory.starting_his_syncs import start
from hospital.caller import Caller
from hospital.his_syncs.errors import HisSyncFromTheTop, HisSyncNotFound
from hospital.his_syncs.model import Extent, HisSync, Outcome
from hospital.his_syncs.store import get_desk, get_run, lines_of, runs_of
from hospital.organisations.errors import OrganisationNotFound
from hospital.organisations.model import Organisation
from hospital.organisations.store import get_organisation
from hospital.paging import Page, Paging, decode_cursor, encode_cursor
from hospital.work import Work


def start_his_sync(organisation_id: str, extent: Extent, *, by: Caller, now: datetime) -> HisSyncView:
    """A run for an organisation that the caller keeps and all below it; whoever hears of it goes on."""
    top = _kept_top(organisation_id, by)
    with Work(by=by) as work:
        run = start(work, get_desk(top.id), extent, by.practitioner_role_id or by.person_id, now)
        return work.answer(HisSyncView.of(run, now))


def list_his_syncs(paging: Paging, organisation_id: str | None, *, by: Caller, now: datetime) -> Page[HisSyncView]:
    """The runs of an organisation that the caller keeps, newest first."""
    organisation = get_organisation(organisation_id or by.organisation_id).kept_by(by)
    page = runs_of(organisation.id, paging)
    return Page(items=[HisSyncView.of(run, now) for run in page.items], cursor=page.cursor)


def kept_run(sync_id: str, by: Caller) -> HisSync:
    """The run, if the caller keeps its organisation; otherwise it does not exist."""
    run = get_run(sync_id)
    try:
        get_organisation(run.organisation_id).kept_by(by)
    except OrganisationNotFound:
        raise HisSyncNotFound from None
    return run


def list_lines(paging: Paging, sync_id: str, became: Outcome | None, *, by: Caller) -> Page[SyncLineView]:
    """What a run did with records that were not simply the same."""
    run = kept_run(sync_id, by)
    after = decode_cursor(paging.cursor, 1)[0] if paging.cursor else ""
    found, is_all = lines_of(run.id, became, after, paging.limit)
    cursor = None if is_all else encode_cursor(found[-1].place)
    return Page(items=[SyncLineView.of(line) for line in found], cursor=cursor)


def _kept_top(organisation_id: str, by: Caller) -> Organisation:
    organisation = get_organisation(organisation_id).kept_by(by)
    if organisation.above:
        raise HisSyncFromTheTop(organisation_id=organisation.above[0])
    return organisation
