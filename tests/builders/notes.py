"""A subject so small that a test of the kit sees only the kit: notes that belong to an owner."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel

from hospital.caller import Asked, Caller, Intent
from hospital.events import Event
from hospital.idempotency import intent_of
from hospital.policy import PERMISSIONS
from hospital.records import Key, Record, Sealed
from hospital.table import Collection


class Note(Record):
    """Something somebody wrote down. `secret` is sealed."""

    owner: str = "per_owner"
    text: str = ""
    secret: Sealed | None = None
    number: int = 0
    organisation_id: str = "org_1"
    until: datetime | None = None


class NoteWritten(Event):
    """A note was written or changed."""

    TYPE: ClassVar[str] = "note.written.v1"
    SOURCE: ClassVar[str] = "notes"


class NoteRead(Event):
    """A note was read."""

    TYPE: ClassVar[str] = "note.read.v1"
    SOURCE: ClassVar[str] = "notes"


class NoteView(BaseModel):
    """What a route would answer."""

    id: str
    text: str


def note_key(note_id: str) -> Key:
    """The place of a note."""
    return Key(f"NOTE#{note_id}", "NOTE")


def owned_by(owner: str) -> str:
    """The partition of an owner's notes."""
    return f"NOTES#{owner}"


notes = Collection(
    Note,
    "clinical",
    key=lambda note: note_key(note.id),
    lists={"of_owner": lambda note: Key(owned_by(note.owner), f"{note.number:06d}#{note.id}")},
    expires=lambda note: note.until,
)
unaudited = Collection(Note, "clinical", key=lambda note: Key(f"SCRAP#{note.id}", "SCRAP"), audited=False)
elsewhere = Collection(Note, "people", key=lambda note: note_key(note.id))


def doctor(
    key: str | None = None, body: str = "{}", route: str = "POST /notes", person_id: str = "per_doctor"
) -> Caller:
    """Somebody who writes notes; with `key`, under that idempotency key and body."""
    intent: Intent | None = intent_of(key, route, body) if key is not None else None
    asked = Asked(request_id="req-1", route=route, ip="203.0.113.7", device="a phone", intent=intent)
    return Caller(
        person_id=person_id,
        role="doctor",
        asked=asked,
        organisation_id="org_1",
        practitioner_role_id="prr_1",
        permissions=PERMISSIONS["doctor"],
    )
