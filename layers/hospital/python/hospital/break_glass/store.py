"""Where records that were opened in an emergency are kept."""

from __future__ import annotations

from hospital import ids
from hospital.break_glass import keys
from hospital.break_glass.errors import ReadingNotFound
from hospital.break_glass.model import EmergencyLook, EmergencyReading
from hospital.records import Key
from hospital.table import Collection

_MOST_LOOKS = 200

readings = Collection(
    EmergencyReading,
    "clinical",
    key=lambda one: keys.reading_key(one.id),
    lists={
        "of_organisation": lambda one: Key(
            keys.organisation_key(one.organisation_id), keys.since(one.opened_at, one.id)
        ),
        "to_review": lambda one: (
            Key(keys.to_review_key(one.organisation_id), keys.since(one.opened_at, one.id))
            if one.verdict is None
            else None
        ),
        "of_person": lambda one: Key(keys.person_key(one.person_id), keys.since(one.opened_at, one.id)),
    },
)
looks = Collection(EmergencyLook, "clinical", key=lambda one: keys.look_key(one.reading_id, one.at, one.id))


def get_reading(reading_id: str) -> EmergencyReading:
    """One by id; `ReadingNotFound`."""
    found = readings.get(keys.reading_key(reading_id)) if ids.is_id(reading_id) else None
    if found is None:
        raise ReadingNotFound
    return found


def looks_of(reading_id: str) -> list[EmergencyLook]:
    """What was looked at under it, the oldest first."""
    found, _ = looks.between(keys.reading_key(reading_id).pk, "LOOK#", "LOOK#~", limit=_MOST_LOOKS)
    return found
