"""An address for a file that a message or a paper holds. Whether that is the reader's to read is asked before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from hospital import links
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


def link_to(content: Mapping[str, Any], asked: VariantName, now: datetime) -> FileLink:
    """The address of one variant of what a message or a paper holds; `FileNotFound` when it holds no such file."""
    upload_id = content.get("upload_id")
    upload = find_upload(upload_id) if isinstance(upload_id, str) else None
    variant = upload.variant(asked) if upload is not None else None
    if upload is None or variant is None:
        raise FileNotFound
    media_type = upload.variants[variant].media_type
    key = media_key(upload.place, upload.id, variant)
    url = links.get_link(key, _name(upload, media_type), media_type, _SECONDS)
    return FileLink(url=url, expires_at=now + timedelta(seconds=_SECONDS))


def _name(upload: Upload, media_type: str) -> str:
    """Under which it is saved: with the end that its content has."""
    if upload.type == "file":
        ends = next((one.suffixes for one in FORMATS.values() if one.media_type == media_type), ())
        return upload.name if suffix_of(upload.name) or not ends else f"{upload.name}.{ends[0]}"
    stem = upload.name.rpartition(".")[0] or upload.name
    return f"{stem}.{_SUFFIXES[media_type]}"
