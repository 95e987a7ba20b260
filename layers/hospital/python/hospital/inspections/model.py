"""An inspection: asked for, run step by step, ended with what was found. Whole numbers only, as tables hold them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from hospital.records import Record

State = Literal["asked", "running", "done", "failed"]
Group = Literal["resources", "parties", "settings", "logs", "traffic"]
Verdict = Literal["healthy", "faulty", "unknown"]
STEPS: tuple[Group, ...] = ("resources", "parties", "settings", "logs", "traffic")
"""What is looked at, in this order."""

TRANSITIONS: Mapping[tuple[State, str], State] = {
    ("asked", "begin"): "running",
    ("running", "proceed"): "running",
    ("running", "end"): "done",
    ("asked", "run out of time"): "failed",
    ("running", "run out of time"): "failed",
}
PATIENCE = timedelta(minutes=15)
"""After which an inspection that has not ended never will."""


class Fact(BaseModel):
    """A value that never changes once it was found."""

    model_config = ConfigDict(frozen=True)


class Checked(Fact):
    """One thing that was looked at. `problem` names what is wrong (see `knowledge`); `facts` are what was seen."""

    group: Group
    name: str
    verdict: Verdict
    problem: str = ""
    facts: dict[str, str | int] = Field(default_factory=dict)

    @property
    def mark(self) -> str:
        """What makes it the same fault in the next inspection."""
        return f"{self.group}/{self.name}/{self.problem}"


class Served(Fact):
    """What an API or a function did in the period; times in milliseconds, None when nobody called."""

    name: str
    kind: Literal["api", "function"]
    calls: int
    failed: int
    refused: int = 0
    throttled: int = 0
    p50: int | None = None
    p95: int | None = None
    p99: int | None = None


class Held(Fact):
    """How full something is: items and bytes of a table, messages waiting in a queue."""

    name: str
    kind: Literal["table", "queue"]
    count: int
    size: int = 0


class Compared(Fact):
    """The faults against those of the report before: marks."""

    earlier_id: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    still: tuple[str, ...]


class Inspection(Record):
    """One run and its report. `step` counts the steps that are done."""

    state: State
    asked_by: str
    asked_at: datetime
    since: datetime
    until: datetime
    step: int = 0
    ended_at: datetime | None = None
    checked: tuple[Checked, ...] = ()
    served: tuple[Served, ...] = ()
    held: tuple[Held, ...] = ()
    compared: Compared | None = None

    @property
    def faults(self) -> tuple[Checked, ...]:
        """What is not healthy, or could not be told."""
        return tuple(one for one in self.checked if one.verdict != "healthy")

    def state_at(self, now: datetime) -> State:
        """The state as it is to be shown: one that was cut off has failed."""
        is_late = self.state in ("asked", "running") and now - self.asked_at > PATIENCE
        return "failed" if is_late else self.state

    def proceed(self, step: int) -> Self:
        """So many steps are done."""
        return self.having(state="running", step=step)

    def end(self, found: Found, now: datetime) -> Self:
        """The report is there."""
        return self.having(state="done", step=len(STEPS), ended_at=now, **found.fields())


class Found(Fact):
    """Everything that a run found."""

    checked: tuple[Checked, ...]
    served: tuple[Served, ...]
    held: tuple[Held, ...]
    compared: Compared | None

    def fields(self) -> dict[str, Any]:
        """As an inspection keeps them."""
        return {name: getattr(self, name) for name in type(self).model_fields}


def compared(earlier_id: str, before: tuple[Checked, ...], now: tuple[Checked, ...]) -> Compared:
    """What is new, what is gone, what is still there."""
    old, new = {one.mark for one in before}, {one.mark for one in now}
    return Compared(
        earlier_id=earlier_id,
        new=tuple(sorted(new - old)),
        gone=tuple(sorted(old - new)),
        still=tuple(sorted(new & old)),
    )
