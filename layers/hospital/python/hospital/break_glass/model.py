"""A record that was opened in an emergency: pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from hospital import ids
from hospital.break_glass.errors import EmergencyOver, OwnReading, ReadingNotFound, ReviewedAlready
from hospital.caller import Caller
from hospital.records import Record, Sealed

Reason = Literal["life_in_danger", "cannot_answer", "severe_reaction", "taken_over"]
"""The patient's life is in danger; they cannot answer; a severe reaction to a drug; whoever treated them is not to be
reached."""
Verdict = Literal["justified", "not_justified"]
Looked = Literal["visits", "messages", "file"]

LASTS = timedelta(hours=1)
REVIEWED_WITHIN = timedelta(days=3)
"""Rule BREAK-GLASS."""


class ReadingDoctor(BaseModel):
    """Who opened it, as they were called then. `id` is the practitioner role's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    person_id: str
    name: str
    title: str = ""
    department: str = ""


class EmergencyReading(Record):
    """One patient's record at one organisation, open to one doctor until `ends_at`.

    `person_id` is the account that is told of it: the patient's, or of a patient without one, whoever applied for them.
    """

    organisation_id: str
    patient_id: str
    person_id: str
    patient_name: Sealed
    doctor: ReadingDoctor
    reason: Reason
    words: Sealed
    opened_at: datetime
    ends_at: datetime
    review_by: datetime
    verdict: Verdict | None = None
    verdict_words: Sealed | None = None
    reviewed_by: str = ""
    reviewed_at: datetime | None = None

    @classmethod
    def opened(
        cls,
        *,
        organisation_id: str,
        patient_id: str,
        person_id: str,
        patient_name: str,
        doctor: ReadingDoctor,
        reason: Reason,
        words: str,
        now: datetime,
    ) -> Self:
        """From now on, for an hour."""
        return cls(
            id=ids.new_id("emr"),
            organisation_id=organisation_id,
            patient_id=patient_id,
            person_id=person_id,
            patient_name=patient_name,
            doctor=doctor,
            reason=reason,
            words=words,
            opened_at=now,
            ends_at=now + LASTS,
            review_by=now + REVIEWED_WITHIN,
        )

    def read_by(self, who: Caller, now: datetime) -> Self:
        """Itself, for the doctor who opened it, while it lasts: `EmergencyOver` after it; to nobody else it exists."""
        if not who.of_organisation(self.organisation_id) or who.practitioner_role_id != self.doctor.id:
            raise ReadingNotFound
        if now >= self.ends_at:
            raise EmergencyOver(ended_at=self.ends_at.isoformat())
        return self

    def kept_by(self, who: Caller) -> Self:
        """Itself, for a privacy officer of the organisation."""
        if not who.of_organisation(self.organisation_id):
            raise ReadingNotFound
        return self

    def is_late(self, now: datetime) -> bool:
        """Whether it waits for its review for longer than the rule allows."""
        return self.verdict is None and now >= self.review_by

    def reviewed(self, verdict: Verdict, words: str, *, by: Caller, now: datetime) -> Self:
        """After a privacy officer judged it, once; nobody judges their own."""
        if by.person_id == self.doctor.person_id:
            raise OwnReading
        if self.verdict is not None:
            raise ReviewedAlready(verdict=self.verdict)
        return self.having(verdict=verdict, verdict_words=words, reviewed_by=by.person_id, reviewed_at=now)


class EmergencyLook(Record):
    """What was looked at under it, and when: written before it is shown."""

    reading_id: str
    looked_at: Looked
    visit_id: str = ""
    at: datetime
