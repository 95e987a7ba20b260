"""Judging what was opened in an emergency."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from hospital.break_glass import keys
from hospital.break_glass.events import EmergencyReviewed
from hospital.break_glass.model import EmergencyReading, Looked, Reason, Verdict
from hospital.break_glass.store import get_reading, looks_of, readings
from hospital.caller import Caller
from hospital.paging import Page, Paging
from hospital.people.model import masked_name
from hospital.work import Work


class ReadingsAsked(Paging):
    """Those that wait for a judgement, the oldest first; or all, the newest first."""

    which: Literal["to_review", "all"] = "to_review"


class OpenedBy(BaseModel):
    """Who opened it."""

    name: str
    title: str
    department: str


class ReadingRow(BaseModel):
    """One that was opened. `late`: it waits for longer than the rule allows."""

    id: str
    version: int
    patient_name: str
    doctor: OpenedBy
    reason: Reason
    words: str
    opened_at: datetime
    ends_at: datetime
    review_by: datetime
    late: bool
    verdict: Verdict | None
    verdict_words: str | None
    reviewed_at: datetime | None

    @classmethod
    def of(cls, reading: EmergencyReading, now: datetime) -> ReadingRow:
        """The view for a privacy officer: the name as it may be shown, and nothing of the record."""
        shared = reading.model_dump(include=set(cls.model_fields) - {"patient_name", "doctor", "late"})
        doctor = OpenedBy(**reading.doctor.model_dump(include=set(OpenedBy.model_fields)))
        return cls(**shared, patient_name=masked_name(reading.patient_name), doctor=doctor, late=reading.is_late(now))


class LookView(BaseModel):
    """One look into it."""

    looked_at: Looked
    visit_id: str
    at: datetime


class ReadingDetail(ReadingRow):
    """One that was opened, with each look, the oldest first."""

    looks: list[LookView]


class OwnReadingRow(BaseModel):
    """What the patient is told: who opened their record, when, why, and how it was judged."""

    id: str
    doctor: OpenedBy
    reason: Reason
    opened_at: datetime
    ends_at: datetime
    verdict: Verdict | None
    reviewed_at: datetime | None

    @classmethod
    def of(cls, reading: EmergencyReading) -> OwnReadingRow:
        """The view for the patient."""
        shared = reading.model_dump(include=set(cls.model_fields) - {"doctor"})
        return cls(**shared, doctor=OpenedBy(**reading.doctor.model_dump(include=set(OpenedBy.model_fields))))


def listed(asked: ReadingsAsked, *, by: Caller, now: datetime) -> Page[ReadingRow]:
    """Those of the caller's organisation."""
    waiting = asked.which == "to_review"
    place = keys.to_review_key if waiting else keys.organisation_key
    page = readings.page(
        "to_review" if waiting else "of_organisation",
        place(by.organisation_id),
        cursor=asked.cursor,
        limit=asked.limit,
        newest_first=not waiting,
    )
    return page.each(lambda reading: ReadingRow.of(reading, now))


def view_reading(reading_id: str, *, by: Caller, now: datetime) -> ReadingDetail:
    """One of them."""
    return _detail(get_reading(reading_id).kept_by(by), now)


def review(reading_id: str, verdict: Verdict, words: str, *, by: Caller, now: datetime) -> ReadingDetail:
    """Judge it, once."""
    before = get_reading(reading_id).kept_by(by)
    with Work(by=by) as work:
        after = work.change(readings, before, before.reviewed(verdict, words, by=by, now=now))
        work.emit(EmergencyReviewed.of(after))
        return work.answer(_detail(after, now))


def of_myself(paging: Paging, *, by: Caller) -> Page[OwnReadingRow]:
    """Those that the caller is told of, the newest first."""
    place = keys.person_key(by.person_id)
    page = readings.page("of_person", place, cursor=paging.cursor, limit=paging.limit, newest_first=True)
    return page.each(OwnReadingRow.of)


def _detail(reading: EmergencyReading, now: datetime) -> ReadingDetail:
    seen = [LookView(**look.model_dump(include=set(LookView.model_fields))) for look in looks_of(reading.id)]
    return ReadingDetail(**ReadingRow.of(reading, now).model_dump(), looks=seen)
