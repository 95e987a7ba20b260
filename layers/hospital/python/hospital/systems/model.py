"""Another system of the hospital: pure."""

from __future__ import annotations

from datetime import datetime

from hospital.records import Record, Sealed


class OtherSystem(Record):
    """A system with a key of its own: it may send so many texts and have so many faces checked a day, and belongs to
    one organisation, or to the platform. Off, it is nobody."""

    organisation_id: str
    name: str
    key: Sealed
    most_a_day: int
    most_faces_a_day: int = 0
    on: bool = True
    made_at: datetime
