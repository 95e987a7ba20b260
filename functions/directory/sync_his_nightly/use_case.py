"""Beginning the night's runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from directory.starting_his_syncs import start
from hospital.caller import Caller
from hospital.his_syncs.errors import HisSyncRuns
from hospital.his_syncs.keys import DESKS
from hospital.his_syncs.model import Desk
from hospital.his_syncs.store import desks, get_desk
from hospital.organisations.store import find_organisation
from hospital.work import Work

_PER_PAGE = 50


def sync_all(by: Caller, now: datetime) -> int:
    """Begins them; how many. An organisation that closed is left alone."""
    return sum(_begun(desk, by, now) for desk in _all_desks())


def _begun(listed: Desk, by: Caller, now: datetime) -> bool:
    organisation = find_organisation(listed.id)
    if organisation is None or organisation.closed_at is not None:
        return False
    desk = get_desk(listed.id)
    try:
        with Work(by=by) as work:
            start(work, desk, desk.extent_at(now), by.person_id, now)
    except HisSyncRuns:
        return False
    return True


def _all_desks() -> Iterator[Desk]:
    cursor: str | None = None
    while True:
        page = desks.page("desks", DESKS, cursor=cursor, limit=_PER_PAGE)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return
