"""That a member of staff treats a patient: pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from hospital import ids
from hospital.records import Record

By = Literal["visit"]
"""What makes a care relation: a visit that was accepted. Who talks with a patient does so by one."""


class CareRelation(Record):
    """One relation of one patient file and one practitioner role; `by` and `subject_id` say what made it. Another
    meeting of the same two is another relation: each begins once and ends once."""

    organisation_id: str
    patient_id: str
    practitioner_role_id: str
    by: By
    subject_id: str
    begun_at: datetime
    ended_at: datetime | None = None

    @classmethod
    def begun(
        cls,
        *,
        organisation_id: str,
        patient_id: str,
        practitioner_role_id: str,
        by: By,
        subject_id: str,
        now: datetime,
    ) -> Self:
        """From now on."""
        return cls(
            id=ids.derived_id("car", practitioner_role_id, subject_id),
            organisation_id=organisation_id,
            patient_id=patient_id,
            practitioner_role_id=practitioner_role_id,
            by=by,
            subject_id=subject_id,
            begun_at=now,
        )

    @property
    def stands(self) -> bool:
        """Whether they treat the patient at this moment."""
        return self.ended_at is None

    def ended(self, now: datetime) -> Self:
        """Until now."""
        return self.having(ended_at=now)
