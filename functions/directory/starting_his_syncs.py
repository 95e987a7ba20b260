"""Beginning a run: an admin and the night do the same."""

from __future__ import annotations

from datetime import datetime

from hospital.his_syncs.errors import HisSyncRuns
from hospital.his_syncs.events import HisSyncEnded
from hospital.his_syncs.model import Desk, Extent, HisSync
from hospital.his_syncs.store import begin, get_run, syncs
from hospital.work import Work


def start(work: Work, desk: Desk, extent: Extent, by: str, now: datetime) -> HisSync:
    """A run begins, if none runs (`HisSyncRuns`). One that was cut off is given up first."""
    if desk.running_id:
        before = get_run(desk.running_id)
        if before.state_at(now) == "running":
            raise HisSyncRuns(his_sync_id=before.id)
        if before.state == "running":
            given_up = work.change(syncs, before, before.fail("cut_off", now), otherwise=HisSyncRuns())
            work.emit(HisSyncEnded.of(given_up))
    return begin(work, desk, HisSync.start(desk.id, extent, desk.since, by, now))
