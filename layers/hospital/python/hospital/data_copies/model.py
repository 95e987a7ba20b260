"""A copy of one's data, from the wish to the file: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, Self, get_args

from hospital import ids
from hospital.data_copies.errors import DataCopyGone
from hospital.records import Record

Section = Literal[
    "profile",
    "consents",
    "family",
    "cards",
    "visits",
    "conversations",
    "sign_ins",
    "record_openings",
    "sign_in_methods",
    "texts",
]
SECTIONS: tuple[Section, ...] = get_args(Section)
"""In the order in which they are gathered, a step each; a last step packs them."""
State = Literal["gathering", "ready", "stopped"]
"""stopped: whoever asked may not have it (any more)."""
Act = Literal["proceed", "complete", "stop"]

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("gathering", "proceed"): "gathering",
    ("gathering", "complete"): "ready",
    ("gathering", "stop"): "stopped",
}
KEPT = timedelta(days=3)


class DataCopy(Record):
    """`person_id` is whose data it is; `asked_by` who asked and may have it: themselves, or a child's guardian, by
    their place in the family (`member_id`). `step` counts the sections that are gathered."""

    person_id: str
    asked_by: str
    member_id: str = ""
    state: State = "gathering"
    step: int = 0
    asked_at: datetime
    ready_at: datetime | None = None
    until: datetime | None = None
    sha256: str = ""
    size: int = 0

    @classmethod
    def asked(cls, person_id: str, asked_by: str, member_id: str, now: datetime) -> Self:
        """A new wish."""
        return cls(id=ids.new_id("dcp"), person_id=person_id, asked_by=asked_by, member_id=member_id, asked_at=now)

    @property
    def section(self) -> Section | None:
        """What is gathered next; None when all is there to be packed."""
        return SECTIONS[self.step] if self.step < len(SECTIONS) else None

    def proceed(self) -> Self:
        """One section more is gathered."""
        return self._moved("proceed", step=self.step + 1)

    def complete(self, sha256: str, size: int, now: datetime) -> Self:
        """The file lies there, for some days."""
        return self._moved("complete", sha256=sha256, size=size, ready_at=now, until=now + KEPT)

    def stop(self) -> Self:
        """Whoever asked acts for that person no more."""
        return self._moved("stop")

    def need_there(self, now: datetime) -> Self:
        """Itself while it is kept; `DataCopyGone`."""
        if self.until is not None and now >= self.until:
            raise DataCopyGone
        return self

    def _moved(self, act: Act, **changes: object) -> Self:
        return self.having(state=TRANSITIONS[self.state, act], **changes)
