"""Where readings of cards are kept."""

from __future__ import annotations

from hospital import clock, ids
from hospital.card_readings import keys
from hospital.card_readings.errors import ReadingNotFound
from hospital.card_readings.model import CardPictures, CardReading, PictureLook
from hospital.table import Collection

readings = Collection(
    CardReading, "people", key=lambda one: keys.reading_key(one.id), expires=lambda one: one.expires_at
)
# What they show stands in the reading, which has its line; who was given them has one for each time.
pictures = Collection(
    CardPictures,
    "people",
    key=lambda one: keys.pictures_key(one.id),
    expires=lambda one: one.expires_at,
    audited=False,
)
looks = Collection(PictureLook, "people", key=lambda one: keys.look_key(one.reading_id, one.id))


def get_reading(reading_id: str, person_id: str) -> CardReading:
    """A reading of that person's whose time is not over; `ReadingNotFound` otherwise."""
    found = readings.get(keys.reading_key(reading_id)) if ids.is_id(reading_id) else None
    if found is None or found.person_id != person_id or found.expires_at <= clock.now():
        raise ReadingNotFound
    return found


def get_pictures(reading: CardReading) -> CardPictures:
    """What was cut out; `ReadingNotFound` once it is deleted."""
    found = pictures.get(keys.pictures_key(reading.id))
    if found is None:
        raise ReadingNotFound
    return found
