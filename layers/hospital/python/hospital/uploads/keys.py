"""Keys of uploads, in the table `conversations`, and of their objects in the buckets.

| who asks | key |
| --- | --- |
| an upload | `UPLOAD#upl_1 / UPLOAD` |
| how many a person has open | `UPLOADS#per_1 / OPEN` |
| what was put and nobody looked at yet | quarantine: `uploads/upl_1/<secret>` |
| what readers get | media: `media/<cnv_1 or pap_1>/upl_1/<variant>` |
"""

from __future__ import annotations

from hospital.records import Key


def upload_key(upload_id: str) -> Key:
    """An upload."""
    return Key(f"UPLOAD#{upload_id}", "UPLOAD")


def open_uploads_key(person_id: str) -> Key:
    """The count of a person's open uploads."""
    return Key(f"UPLOADS#{person_id}", "OPEN")


def quarantine_key(upload_id: str, secret: str) -> str:
    """Where its bytes are put: once, by whoever was told the secret."""
    return f"uploads/{upload_id}/{secret}"


def media_key(place: str, upload_id: str, variant: str) -> str:
    """Where one of its variants lies; `place` is the id of what it was sent for (`Upload.place`)."""
    return f"media/{place}/{upload_id}/{variant}"
