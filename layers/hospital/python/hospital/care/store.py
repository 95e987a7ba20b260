"""Where care relations are kept."""

from __future__ import annotations

from datetime import datetime

from hospital import clock
from hospital.care import keys
from hospital.care.model import CareRelation
from hospital.records import Key
from hospital.table import Collection
from hospital.work import Work

_NEWEST = 5
"""Of two people hardly ever more than one stands at a time; the newest ones are looked at."""

relations = Collection(
    CareRelation,
    "clinical",
    key=lambda one: keys.relation_key(one.patient_id, one.practitioner_role_id, one.begun_at, one.subject_id),
    lists={
        "of_patient": lambda one: Key(keys.treated_key(one.patient_id), f"{clock.text(one.begun_at)}#{one.subject_id}")
    },
)


def treats(practitioner_role_id: str, patient_id: str) -> bool:
    """Whether that member of staff has a care relation to that patient now. One read."""
    if not practitioner_role_id:
        return False
    first, last = keys.relations_of_key(practitioner_role_id)
    place = keys.patient_care_key(patient_id)
    found, _ = relations.between(place, first, last, limit=_NEWEST, newest_first=True)
    return any(one.stands for one in found)


def end_care(
    work: Work, patient_id: str, practitioner_role_id: str, begun_at: datetime, subject_id: str, now: datetime
) -> None:
    """The relation that `subject_id` made ends with it. What began before relations were kept has none to end."""
    kept = relations.get(keys.relation_key(patient_id, practitioner_role_id, begun_at, subject_id))
    if kept is not None and kept.stands:
        work.change(relations, kept, kept.ended(now))
