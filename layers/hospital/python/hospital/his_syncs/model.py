"""A run that takes over organisations, departments and staff from the HIS, one page after another: pure.

It reads organisations, departments, staff; then, from the bottom up, it removes what has ended there. Nothing is
removed before everything was read. Of an organisation's fields the HIS has the last word on names, titles, the
department of staff, and on whether something still is; all else is the hospital's own and never touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from hospital import ids
from hospital.records import Record

Kind = Literal["organisations", "departments", "staff"]
Extent = Literal["full", "delta"]
"""full: everything is read, and what the HIS tells no more is removed. delta: what changed since the last run."""
State = Literal["running", "finished", "failed"]
Act = Literal["proceed", "wait", "finish", "fail"]
Outcome = Literal["added", "changed", "removed", "unchanged", "bad", "elsewhere", "ended"]
"""elsewhere: it belongs to an organisation that is not this one nor below it. ended: it is to be removed at the end."""

KINDS: tuple[Kind, ...] = ("organisations", "departments", "staff")
TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("running", "proceed"): "running",
    ("running", "wait"): "running",
    ("running", "finish"): "finished",
    ("running", "fail"): "failed",
}
_FIRST_PAUSE, _LONGEST_PAUSE, _MOST_TRIES = timedelta(minutes=1), timedelta(minutes=15), 8
_PATIENCE = timedelta(hours=1)
"""After which a run that did not move was cut off: another one may begin."""
OVERLAP = timedelta(minutes=5)
"""So much earlier than the last run began a delta begins: the clock of the HIS may be slow."""
FULL_EVERY = timedelta(days=7)
"""How often a night's run reads everything."""


class Stage(NamedTuple):
    """One part of a run."""

    act: Literal["read", "remove"]
    kind: Kind


STAGES: tuple[Stage, ...] = (
    Stage("read", "organisations"),
    Stage("read", "departments"),
    Stage("read", "staff"),
    Stage("remove", "staff"),
    Stage("remove", "departments"),
    Stage("remove", "organisations"),
)


class Tally(BaseModel):
    """What became of the records of one kind; `bad` could not be taken over."""

    model_config = ConfigDict(frozen=True)

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    bad: int = 0
    elsewhere: int = 0

    def plus(self, counted: Mapping[Outcome, int]) -> Tally:
        """With so many more. What has ended is counted when it is removed."""
        names = type(self).model_fields.keys() & counted.keys()
        return self.model_copy(update={name: getattr(self, name) + counted[name] for name in names})  # type: ignore[index]

    @property
    def read(self) -> int:
        """How many the HIS told."""
        return self.added + self.changed + self.unchanged + self.bad + self.elsewhere


class Taken(NamedTuple):
    """What one step did: how often what became of a record, where the next one goes on, and how many organisations
    wait for the one above them. `nameless` records could not be read, nor whose they are."""

    counted: Mapping[Outcome, int]
    cursor: str | None
    waiting: int = 0
    nameless: int = 0


class HisSync(Record):
    """One run. `version` counts its steps; `cursor` is where the stage goes on, empty at its beginning."""

    organisation_id: str
    extent: Extent
    since: datetime | None = None
    state: State = "running"
    reason: str = ""
    stage: int = 0
    cursor: str = ""
    rounds: int = 0
    waiting: int = 0
    waited: int = 0
    blind: tuple[Kind, ...] = ()
    tallies: dict[Kind, Tally] = Field(default_factory=dict)
    tries: int = 0
    next_try_at: datetime | None = None
    started_by: str
    started_at: datetime
    moved_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def start(cls, organisation_id: str, extent: Extent, since: datetime | None, by: str, now: datetime) -> Self:
        """A new run. Without an earlier one everything is read."""
        return cls(
            id=ids.new_id("hsy"),
            organisation_id=organisation_id,
            extent="full" if since is None else extent,
            since=since if extent == "delta" else None,
            tallies={kind: Tally() for kind in KINDS},
            started_by=by,
            started_at=now,
            moved_at=now,
        )

    @property
    def at(self) -> Stage:
        """The stage it is in."""
        return STAGES[self.stage]

    @property
    def is_last_round(self) -> bool:
        """Whether organisations that still wait for the one above them wait in vain."""
        return self.rounds > 0 and self.waited == 0

    def state_at(self, now: datetime) -> State:
        """The state as it is to be shown: one that did not move for long was cut off."""
        moves_by = (self.next_try_at or self.moved_at) + _PATIENCE
        return "failed" if self.state == "running" and now >= moves_by else self.state

    def removes_unseen(self, kind: Kind) -> bool:
        """Whether what was not told of that kind is to be removed: only where everything was read, and something
        was."""
        return self.extent == "full" and kind not in self.blind and self.tallies[kind].read > 0

    def proceed(self, taken: Taken, now: datetime) -> Self:
        """After a step."""
        kind = self.at.kind
        moved = self._moved(
            "proceed",
            now,
            tallies={**self.tallies, kind: self.tallies[kind].plus(taken.counted)},
            waiting=self.waiting + taken.waiting,
            blind=tuple(sorted({*self.blind, kind})) if taken.nameless else self.blind,
            cursor=taken.cursor or "",
            tries=0,
            next_try_at=None,
        )
        return moved if taken.cursor else moved._next_stage(now)

    def put_off(self, reason: str, now: datetime) -> Self:
        """The HIS does not answer: asked again after a minute, then after twice as long each time; given up after
        `_MOST_TRIES`, with nothing removed."""
        if self.tries + 1 >= _MOST_TRIES:
            return self.fail(reason, now)
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self.tries)
        return self._moved("wait", now, reason=reason, tries=self.tries + 1, next_try_at=now + pause)

    def fail(self, reason: str, now: datetime) -> Self:
        """It ends here."""
        return self._moved("fail", now, reason=reason, ended_at=now, next_try_at=None)

    def _next_stage(self, now: datetime) -> Self:
        if self.at == STAGES[0] and self.waiting and not self.is_last_round:
            # Again, for those told before the one above them; in the end for those who wait in vain.
            fewer = self.rounds == 0 or self.waiting < self.waited
            return self.having(rounds=self.rounds + 1, waited=self.waiting if fewer else 0, waiting=0)
        if self.stage + 1 < len(STAGES):
            return self.having(stage=self.stage + 1, waiting=0)
        return self._moved("finish", now, ended_at=now, reason="")

    def _moved(self, act: Act, now: datetime, **changes: object) -> Self:
        return self.having(state=TRANSITIONS[self.state, act], moved_at=now, **changes)


class Desk(Record):
    """Where an organisation's runs are begun: `running_id` while one runs. `id` is the organisation's. `complete_at`
    is when the last finished run began, `full_at` likewise of those that read everything."""

    running_id: str = ""
    complete_at: datetime | None = None
    full_at: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """From when on a delta asks."""
        return self.complete_at - OVERLAP if self.complete_at else None

    def extent_at(self, now: datetime) -> Extent:
        """What a night's run reads."""
        return "delta" if self.full_at and now - self.full_at < FULL_EVERY else "full"

    def cleared(self, ended: HisSync) -> Self:
        """After a run ended."""
        if ended.state != "finished":
            return self.having(running_id="")
        full_at = ended.started_at if ended.extent == "full" else self.full_at
        return self.having(running_id="", complete_at=ended.started_at, full_at=full_at)


class HisCode(Record):
    """What a code of the HIS stands for here. `id` is the code, `owner_id` ours, empty while nothing was made of it.
    `seen_in` and `seen_at` are the run and the step that met it last, `became` what it came to then; `ended` says that
    the HIS has it as ended, `gone` that a run removed it here."""

    organisation_id: str
    sort: Kind
    owner_id: str = ""
    seen_in: str = ""
    seen_at: int = 0
    became: Outcome = "unchanged"
    ended: bool = False
    gone: bool = False

    def seen(self, run: HisSync, became: Outcome, *, ended: bool | None = None, **changes: object) -> Self:
        """After a step met it; `ended` stays as it is where the step could not tell."""
        is_ended = self.ended if ended is None else ended
        return self.having(seen_in=run.id, seen_at=run.version, became=became, ended=is_ended, **changes)

    def to_remove(self, run: HisSync) -> bool:
        """Whether a run that has read everything removes it."""
        if not self.owner_id or self.gone:
            return False
        if self.seen_in == run.id:
            return self.became == "ended"
        return self.ended or run.removes_unseen(self.sort)


class SyncLine(Record):
    """What a run did with one record, when it was not simply the same. `id` is the code; `fields` are what changed;
    `reason` says what is wrong (`name is missing`)."""

    sync_id: str
    sort: Kind
    became: Outcome
    name: str = ""
    owner_id: str = ""
    fields: tuple[str, ...] = ()
    reason: str = ""
    at: datetime

    @property
    def place(self) -> str:
        """Where it stands among the lines of its run: by what became of the record, then by kind and code."""
        return f"{self.became}#{self.sort}#{self.id}"
