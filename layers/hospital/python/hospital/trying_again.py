"""Something that was asked of a party outside, which may be away: asked again by itself until it answers.

    with Work(by=by) as work:
        return put_down(work, links, before, before.unanswered("away", now), told=NotOpened.of, again=RetryDue.of)

Whoever hears the event that is due looks whether the record is still what it was then: its version says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hospital.events import Event
from hospital.records import Record
from hospital.table import Collection
from hospital.work import Work

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


class Asked(Record):
    """How often it was asked, why not answered, and when it is asked again."""

    reason: str = ""
    attempts: int = 0
    asked_at: datetime
    next_try_at: datetime | None = None

    def tried(self, reason: str, *, again: datetime | None = None) -> dict[str, Any]:
        """What one more try without success changes."""
        return {"reason": reason, "attempts": self.attempts + 1, "next_try_at": again}

    def after_a_pause(self, now: datetime) -> datetime:
        """A minute after the first try, then twice as long each time, up to an hour."""
        doubled: int = 2 ** min(self.attempts, 10)
        return now + min(_LONGEST_PAUSE, _FIRST_PAUSE * doubled)


A = TypeVar("A", bound=Asked)


def put_down(
    work: Work,
    collection: Collection[A],
    before: A,
    after: A,
    *,
    told: Callable[[A], Event],
    again: Callable[[A], Event],
) -> A:
    """Stores what became of it, reports it, and says when it is asked again. `before` of version 0 was never stored."""
    stored = work.change(collection, before, after) if before.version else work.add(collection, after)
    work.emit(told(stored))
    if stored.next_try_at is not None:
        work.due(stored.next_try_at, again(stored))
    return stored
