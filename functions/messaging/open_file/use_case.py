"""Finding the file behind a message, and an address for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel

from hospital import links
from hospital.caller import Caller
from hospital.conversations.history import Span, read_one
from hospital.conversations.store import get_tail, seen_conversation
from hospital.uploads.errors import FileNotFound
from hospital.uploads.formats import FORMATS, suffix_of
from hospital.uploads.keys import media_key
from hospital.uploads.model import Upload, VariantName
from hospital.uploads.store import find_upload

_SECONDS = 300
_SUFFIXES: Mapping[str, str] = {"image/jpeg": "jpg", "audio/mpeg": "mp3", "video/mp4": "mp4", "video/webm": "webm"}
"""Of what was written anew: its name came with another content."""


class FileLink(BaseModel):
    """An address, and until when it is good."""

    url: str
    expires_at: datetime


def link_to_file(conversation_id: str, seq: str, asked: VariantName, *, by: Caller, now: datetime) -> FileLink:
    """The address of one variant. `ConversationNotFound`, `FileNotFound`."""
    _, place = seen_conversation(conversation_id, by.person_id)
    message = read_one(conversation_id, Span.of(place, get_tail(conversation_id)), int(seq))
    upload_id = message.content.get("upload_id") if message is not None else None
    upload = find_upload(upload_id) if isinstance(upload_id, str) else None
    variant = upload.variant(asked) if upload is not None else None
    if upload is None or variant is None:
        raise FileNotFound
    media_type = upload.variants[variant].media_type
    key = media_key(upload.conversation_id, upload.id, variant)
    url = links.get_link(key, _name(upload, media_type), media_type, _SECONDS)
    return FileLink(url=url, expires_at=now + timedelta(seconds=_SECONDS))


def _name(upload: Upload, media_type: str) -> str:
    """Under which it is saved: with the end that its content has."""
    if upload.type == "file":
        ends = next((one.suffixes for one in FORMATS.values() if one.media_type == media_type), ())
        return upload.name if suffix_of(upload.name) or not ends else f"{upload.name}.{ends[0]}"
    stem = upload.name.rpartition(".")[0] or upload.name
    return f"{stem}.{_SUFFIXES[media_type]}"
