"""An object as somebody reads it who is no client of boto3: its facts, and its bytes from an open file."""

import io
from datetime import UTC, datetime
from typing import Any, BinaryIO, NamedTuple

from moto.s3.models import FakeKey

from .object_rows import KeptBytes


class Shown(NamedTuple):
    """`file` is open and stays readable when the object goes; whoever gets it closes it."""

    file: BinaryIO
    size: int
    etag: str
    changed_at: datetime
    media_type: str
    version: str | None


def shown(key: Any) -> Shown | None:
    """What moto holds of a key; None when there is nothing, or a delete marker."""
    if not isinstance(key, FakeKey):
        return None
    buffer = key._value_buffer
    file: BinaryIO = buffer.path.open("rb") if isinstance(buffer, KeptBytes) else io.BytesIO(key.value)
    return Shown(
        file,
        key.size,
        key.etag,
        key.last_modified.replace(tzinfo=UTC),
        str(key.metadata.get("content-type") or "binary/octet-stream"),
        str(key.version_id) if key._is_versioned else None,
    )
