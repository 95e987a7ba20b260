"""Runs as admins see them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.his_syncs.model import STAGES, Extent, HisSync, Kind, Outcome, State, SyncLine


class TallyView(BaseModel):
    """What became of the records of one kind; `elsewhere` are another organisation's."""

    kind: Kind
    added: int
    changed: int
    removed: int
    unchanged: int
    bad: int
    elsewhere: int


class HisSyncView(BaseModel):
    """One run. `stage` of `stages` parts are done; `reason` says why it waits or failed, in a word of the program."""

    id: str
    organisation_id: str
    extent: Extent
    since: datetime | None
    state: State
    reason: str
    stage: int
    stages: int
    started_by: str
    started_at: datetime
    next_try_at: datetime | None
    ended_at: datetime | None
    tallies: list[TallyView]

    @classmethod
    def of(cls, run: HisSync, now: datetime) -> HisSyncView:
        """The view of a run, as it stands now."""
        kept = run.model_dump(include=set(cls.model_fields) - {"tallies"})
        state = run.state_at(now)
        tallies = [TallyView(kind=kind, **tally.model_dump()) for kind, tally in run.tallies.items()]
        stage = len(STAGES) if state == "finished" else run.stage
        reason = "cut_off" if state != run.state else run.reason
        return cls(**kept | {"state": state, "stage": stage, "reason": reason}, stages=len(STAGES), tallies=tallies)


class SyncLineView(BaseModel):
    """What a run did with one record: `code` is the HIS's, `owner_id` ours. `reason` says what is wrong with a bad
    one."""

    kind: Kind
    code: str
    became: Outcome
    name: str
    owner_id: str
    fields: list[str]
    reason: str

    @classmethod
    def of(cls, line: SyncLine) -> SyncLineView:
        """The view of a line."""
        told = line.model_dump(include=set(cls.model_fields) - {"code", "kind"})
        return cls(code=line.id, kind=line.sort, **told)
