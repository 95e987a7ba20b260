"""Where runs are kept, and what the codes of the HIS stand for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from hospital import clock, ids
from hospital.his_syncs import keys
from hospital.his_syncs.errors import HisSyncNotFound, HisSyncRuns
from hospital.his_syncs.events import HisSyncEnded, HisSyncStepDue
from hospital.his_syncs.model import Desk, HisCode, HisSync, Kind, Outcome, SyncLine
from hospital.paging import Page, Paging
from hospital.records import Key
from hospital.table import Collection
from hospital.work import Work

_KEEP_LINES = timedelta(days=180)
_PER_READ = 100
_NEXT = "!"  # sorts before all that codes are written with: what stands behind a code begins there

syncs = Collection(
    HisSync,
    "people",
    key=lambda run: keys.sync_key(run.id),
    lists={
        "of_organisation": lambda run: Key(
            keys.syncs_key(run.organisation_id), f"{clock.text(run.started_at)}#{run.id}"
        )
    },
)
desks = Collection(
    Desk,
    "people",
    key=lambda desk: keys.desk_key(desk.id),
    lists={"desks": lambda desk: Key(keys.DESKS, desk.id)},
    audited=False,  # says nothing that the line of its run does not
)
codes = Collection(
    HisCode,
    "people",
    key=lambda code: keys.code_key(code.organisation_id, code.sort, code.id),
    audited=False,  # what was done because of a code has a line where it was done
)
lines = Collection(
    SyncLine,
    "people",
    key=lambda line: keys.line_key(line.sync_id, line.place),
    expires=lambda line: line.at + _KEEP_LINES,
    audited=False,  # a report of what has lines of its own
)


def get_run(sync_id: str) -> HisSync:
    """The run; `HisSyncNotFound`."""
    found = syncs.get(keys.sync_key(sync_id)) if ids.is_id(sync_id) else None
    if found is None:
        raise HisSyncNotFound
    return found


def get_desk(organisation_id: str) -> Desk:
    """Where its runs are begun; version 0 when there never was one."""
    return desks.get(keys.desk_key(organisation_id)) or Desk(id=organisation_id)


def runs_of(organisation_id: str, paging: Paging) -> Page[HisSync]:
    """An organisation's runs, newest first."""
    place = keys.syncs_key(organisation_id)
    return syncs.page("of_organisation", place, cursor=paging.cursor, limit=paging.limit, newest_first=True)


def lines_of(sync_id: str, became: Outcome | None, after: str, limit: int) -> tuple[list[SyncLine], bool]:
    """What a run did with records that were not simply the same, behind the place `after`; whether these are all."""
    first = after or f"{became or ''}"
    last = f"{became}#~" if became else "~"
    low, high = keys.line_key(sync_id, f"{first}{_NEXT if after else ''}"), keys.line_key(sync_id, last)
    return lines.between(low.pk, low.sk, high.sk, limit=limit)


def known_codes(organisation_id: str, wanted: Iterable[tuple[Kind, str]]) -> dict[tuple[Kind, str], HisCode]:
    """What these codes stand for, as far as they were met before."""
    places = sorted({keys.code_key(organisation_id, kind, code) for kind, code in wanted if code})
    found: dict[tuple[Kind, str], HisCode] = {}
    for start in range(0, len(places), _PER_READ):
        found |= {(one.sort, one.id): one for one in codes.get_all(places[start : start + _PER_READ])}
    return found


def codes_after(organisation_id: str, kind: Kind, after: str, limit: int) -> tuple[list[HisCode], bool]:
    """The codes of a kind behind `after`, in order and as they are now, and whether these are all."""
    low = keys.code_key(organisation_id, kind, f"{after}{_NEXT if after else ''}")
    high = keys.code_key(organisation_id, kind, "~")
    return codes.between(low.pk, low.sk, high.sk, limit=limit)


# -- writing, within a transaction ------------------------------------------------------------------------------------


def begin(work: Work, desk: Desk, run: HisSync) -> HisSync:
    """The run begins; `HisSyncRuns` when another one did meanwhile."""
    taken = desk.having(running_id=run.id)
    stored = work.add(syncs, run)
    if desk.version:
        work.change(desks, desk, taken, otherwise=HisSyncRuns())
    else:
        work.add(desks, taken, otherwise=HisSyncRuns())
    work.emit(HisSyncStepDue.of(stored))
    return stored


def move(work: Work, before: HisSync, after: HisSync, *, otherwise: Exception | None = None) -> HisSync:
    """The run as a step left it, and what comes next: the next step, at once or in a while, or its end."""
    stored = work.change(syncs, before, after, otherwise=otherwise)
    if stored.state != "running":
        desk = get_desk(stored.organisation_id)
        if desk.running_id == stored.id:
            work.change(desks, desk, desk.cleared(stored))
        work.emit(HisSyncEnded.of(stored))
    elif stored.next_try_at is not None:
        work.due(stored.next_try_at, HisSyncStepDue.of(stored))
    else:
        work.emit(HisSyncStepDue.of(stored))
    return stored


def met(work: Work, before: HisCode, after: HisCode) -> HisCode:
    """What a code stands for from here on."""
    return work.change(codes, before, after) if before.version else work.add(codes, after)
