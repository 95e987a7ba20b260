"""Keys of visits, in the table `clinical`.

| who asks | key or list |
| --- | --- |
| a visit by id | `VISIT#vis_1 / VISIT` |
| the visits of a person, newest first | list `of_person`: `PERSON#per_1 / <applied_at>#vis_1` |
| the visits of a doctor, newest first | list `of_doctor`: `DOCTOR#prr_1 / <applied_at>#vis_1` |
| who waits for a doctor, oldest first | list `queue`: `QUEUE#prr_1 / <applied_at>#vis_1`, only while applied |
| whether a person has an open visit with a doctor | `OPEN#pat_1#prr_1 / UNIQUE`, only while open |
"""

from __future__ import annotations

from datetime import datetime

from hospital import clock
from hospital.records import Key


def visit_key(visit_id: str) -> Key:
    """A visit."""
    return Key(f"VISIT#{visit_id}", "VISIT")


def person_visits_key(person_id: str) -> str:
    """The partition of a person's visits."""
    return f"PERSON#{person_id}"


def doctor_visits_key(doctor_id: str) -> str:
    """The partition of a doctor's visits."""
    return f"DOCTOR#{doctor_id}"


def queue_key(doctor_id: str) -> str:
    """The partition of those who wait for a doctor."""
    return f"QUEUE#{doctor_id}"


def since(moment: datetime, visit_id: str) -> str:
    """The sort text of the lists: by time, ties by id."""
    return f"{clock.text(moment)}#{visit_id}"


def open_visit_key(claim_id: str) -> Key:
    """The place that only one open visit of a patient with a doctor can hold."""
    return Key(f"OPEN#{claim_id}", "UNIQUE")
