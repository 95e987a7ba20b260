"""Papers of staff, and their showing who they are: pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self

from hospital.listings import DAY_ZONE
from hospital.people.errors import PaperReviewed, PapersMissing
from hospital.records import Record, Sealed

ScanType = Literal["image", "file"]
PaperState = Literal["waiting", "reviewed", "expired"]


class Paper(Record):
    """A paper that a member of staff has shown. `kind_id` is an item of the platform's `paper_kinds`; one without
    `valid_until` does not run out. It is withdrawn, never deleted: somebody was approved by it. `scan_id` is the
    upload that shows it, `scan_type` whether that is a picture or a document."""

    practitioner_role_id: str
    kind_id: str
    kind_name: str
    number: Sealed
    issuer: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    scan_id: str = ""
    scan_type: ScanType | None = None
    scanned_at: datetime | None = None
    added_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def number_masked(self) -> str:
        """`1101****21`; nothing of a short one."""
        return f"{self.number[:4]}****{self.number[-2:]}" if len(self.number) > 8 else "****"

    def reviewed(self, approved_at: datetime | None) -> bool:
        """Whether an approval of its owner rests on it, as it is."""
        return approved_at is not None and (self.scanned_at or self.added_at) <= approved_at

    def state(self, approved_at: datetime | None, today: date) -> PaperState:
        """How it stands on that day."""
        if self.valid_until is not None and self.valid_until < today:
            return "expired"
        return "reviewed" if self.reviewed(approved_at) else "waiting"

    def to_change(self, approved_at: datetime | None) -> Self:
        """Itself, while its owner may still change it: `PaperReviewed` when an approval rests on it."""
        if self.reviewed(approved_at):
            raise PaperReviewed
        return self

    def scanned(self, scan_id: str, type_: ScanType, now: datetime) -> Self:
        """With what shows it; a clearer scan takes the place of one before it."""
        return self.having(scan_id=scan_id, scan_type=type_, scanned_at=now)


class PaperLook(Record):
    """That somebody was given the scan of a paper: whose it is, and who looked."""

    paper_id: str
    practitioner_role_id: str
    organisation_id: str
    by_role_id: str
    at: datetime


class CheckIn(Record):
    """That a doctor has shown who they are, until when it counts. `id` is their role's; `number_hash` the keyed hash
    of their ID number, which stays the same for ever."""

    number_hash: str
    method: Literal["number", "founded"]
    reference: str = ""
    checked_at: datetime
    until: datetime


def covered_until(required: Iterable[tuple[str, str]], papers: Sequence[Paper], today: date) -> datetime | None:
    """Until when the papers cover every required kind (id, name) without a gap; None when they never run out.
    `PapersMissing`."""
    missing, ends = [], []
    for kind_id, name in required:
        valid = [one for one in papers if one.kind_id == kind_id and one.withdrawn_at is None]
        covered = _covered(valid, today)
        if covered < today:
            missing.append(name)
        elif covered < date.max:
            ends.append(covered)
    if missing:
        raise PapersMissing(missing=missing)
    return end_of_day(min(ends)) if ends else None


def end_of_day(day: date) -> datetime:
    """The moment in which a paper that is valid until that day has run out, by the clinic's clock."""
    return datetime.combine(day + timedelta(days=1), time(), DAY_ZONE).astimezone(UTC)


def _covered(papers: Iterable[Paper], today: date) -> date:
    """The last day on end, from `today`, on which one of them is valid; the day before it when none is now."""
    last = today - timedelta(days=1)
    for paper in sorted(papers, key=lambda one: one.valid_from or date.min):
        if last < date.max and (paper.valid_from or date.min) <= last + timedelta(days=1):
            last = max(last, paper.valid_until or date.max)
    return last
