"""Routes of runs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from directory.keep_his_syncs import use_case
from directory.keep_his_syncs.views import HisSyncView, SyncLineView
from hospital import clock
from hospital.caller import Caller
from hospital.his_syncs.errors import HisSyncFromTheTop, HisSyncNotFound, HisSyncRuns
from hospital.his_syncs.model import Extent, Outcome
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.organisations.errors import OrganisationNotFound
from hospital.paging import Page, Paging
from hospital.policy import can

app = App("keep_his_syncs")

_KEEPS = can("organisation:write")


class StartHisSync(Command):
    """For which organisation, and whether everything is read or what changed since the last run."""

    organisation_id: Annotated[str, Field(pattern=PATTERN)]
    extent: Extent = "delta"


class HisSyncSearch(Paging):
    """Of which organisation; of one's own when none is named."""

    organisation_id: Annotated[str, Field(pattern=PATTERN)] | None = None


class LineSearch(Paging):
    """Only what came to this."""

    became: Outcome | None = None


@app.route(
    "POST",
    "/his-syncs",
    allow=_KEEPS,
    body=StartHisSync,
    returns=HisSyncView,
    status=202,
    errors=(OrganisationNotFound, HisSyncRuns, HisSyncFromTheTop),
)
def post_his_sync(who: Caller, body: StartHisSync) -> HisSyncView:
    """Begin to take over what the hospital's own system holds; ask again how far it is."""
    return use_case.start_his_sync(body.organisation_id, body.extent, by=who, now=clock.now())


@app.route(
    "GET",
    "/his-syncs",
    allow=_KEEPS,
    query=HisSyncSearch,
    returns=Page[HisSyncView],
    errors=(OrganisationNotFound,),
)
def get_his_syncs(who: Caller, query: HisSyncSearch) -> Page[HisSyncView]:
    """The runs of an organisation, newest first."""
    return use_case.list_his_syncs(query, query.organisation_id, by=who, now=clock.now())


@app.route("GET", "/his-syncs/{his_sync_id}", allow=_KEEPS, returns=HisSyncView, errors=(HisSyncNotFound,))
def get_his_sync(who: Caller, his_sync_id: str) -> HisSyncView:
    """How far a run is, and how much it changed."""
    return HisSyncView.of(use_case.kept_run(his_sync_id, who), clock.now())


@app.route(
    "GET",
    "/his-syncs/{his_sync_id}/lines",
    allow=_KEEPS,
    query=LineSearch,
    returns=Page[SyncLineView],
    errors=(HisSyncNotFound,),
)
def get_his_sync_lines(who: Caller, his_sync_id: str, query: LineSearch) -> Page[SyncLineView]:
    """What a run added, changed and removed, and what it could not take over."""
    return use_case.list_lines(query, his_sync_id, query.became, by=who)
