"""The form in which a key's versions are kept: JSON of what moto holds, with the name of the file of their bytes."""

import datetime
import json
from pathlib import Path
from typing import Any

from moto.s3.models import FakeAcl, FakeDeleteMarker, FakeGrant, FakeGrantee, FakeKey, FakeMultipart

PLAIN = (
    "name", "account_id", "region_name", "partition", "website_redirect_location", "checksum_algorithm",
    "_storage_class", "_etag", "_version_id", "_is_versioned", "bucket_name", "contentsize", "encryption",
    "kms_key_id", "bucket_key_enabled", "lock_mode", "lock_legal_status", "lock_until", "checksum_value",
    "checksum_type", "checksum_parts", "_status", "_tick",
)  # fmt: skip
"""Attributes of moto's FakeKey that are texts, numbers, booleans or None."""

OTHERS = (
    "last_modified", "acl", "_metadata", "_expiry", "multipart", "_value_buffer", "lock", "disposed",
    "_max_buffer_size", "model_name", "_transitions", "_time_progressed",
)  # fmt: skip
"""Its other attributes: kept in a form of their own, or the same for every key."""


class KeptBytes:
    """A file that is opened only when it is read; stands where moto has its buffer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """As a file's; from the start or the end."""
        self._at = offset if whence == 0 else self.path.stat().st_size + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        """The bytes from here on, at most `size`."""
        with self.path.open("rb") as file:
            file.seek(self._at)
            found = file.read(size)
        self._at += len(found)
        return found

    def close(self) -> None:
        """Nothing is open between reads; the file goes when no row names it any more."""


def text_of(versions: list[Any], tags: dict[str, dict[str, str]]) -> str:
    """The row of a key; `tags` by version id. Every FakeKey's buffer is a KeptBytes by now."""
    return json.dumps([_row(version, tags) for version in versions], ensure_ascii=False)


def versions_from(text: str, folder: Path) -> tuple[list[Any], dict[str, dict[str, str]]]:
    """The versions as moto holds them, oldest first, and their tags by version id."""
    versions: list[Any] = []
    tags = {}
    for row in json.loads(text):
        if "file" in row:
            versions.append(_key(row, folder))
            if row["tags"]:
                tags[versions[-1].version_id] = row["tags"]
        else:
            versions.append(_delete_marker(row, versions[-1] if versions else None))
    return versions, tags


def files_of(text: str) -> set[str]:
    """Names of the files that a row needs."""
    return {row["file"] for row in json.loads(text) if "file" in row}


def _row(version: Any, tags: dict[str, dict[str, str]]) -> dict[str, Any]:
    if isinstance(version, FakeDeleteMarker):
        return {
            "name": version.name,
            "deleted_at": version.last_modified.isoformat(),
            "version_id": version.version_id,
        }
    return {
        **{name: getattr(version, name) for name in PLAIN},
        "last_modified": version.last_modified.isoformat(),
        "expiry": version._expiry.isoformat() if version._expiry else None,
        "acl": acl_row(version.acl),
        "metadata": dict(version._metadata.items()),
        "multipart": [version.multipart.id, version.multipart.partlist] if version.multipart else None,
        "tags": tags.get(version.version_id, {}),
        "file": version._value_buffer.path.name,
    }


def _key(row: dict[str, Any], folder: Path) -> Any:
    # Made as moto makes it, so that everything that is the same for all keys is there; then given what was kept.
    key = FakeKey(row["name"], b"", row["account_id"], row["region_name"])
    key._value_buffer.close()
    key._value_buffer = KeptBytes(folder / row["file"])
    key.disposed = True
    for name in PLAIN:
        setattr(key, name, row[name])
    key.last_modified = datetime.datetime.fromisoformat(row["last_modified"])
    key._expiry = datetime.datetime.fromisoformat(row["expiry"]) if row["expiry"] else None
    key.acl = acl_from(row["acl"])
    key.set_metadata(dict(row["metadata"]))
    key.multipart = _done_upload(key, *row["multipart"]) if row["multipart"] else None
    return key


def _delete_marker(row: dict[str, Any], before: Any) -> Any:
    marker = FakeDeleteMarker.__new__(FakeDeleteMarker)
    marker.key, marker.name, marker._version_id = before, row["name"], row["version_id"]
    marker.last_modified = datetime.datetime.fromisoformat(row["deleted_at"])
    return marker


def settle(key: Any, path: Path) -> None:
    """Hands a key's bytes, which are in the file by now, from moto's buffer to it."""
    key.etag  # noqa: B018 - computed from the bytes on first use, which shall not be at the next start
    with key.lock:
        key._value_buffer.close()
        key._value_buffer = KeptBytes(path)
    key.disposed = True
    if key.multipart:
        key.multipart = _done_upload(key, key.multipart.id, key.multipart.partlist)


def _done_upload(key: Any, upload_id: str, parts: list[int]) -> Any:
    """What is remembered of a completed upload: its id and the numbers of its parts, not their bytes again."""
    upload = FakeMultipart(key.name, {}, key.account_id, key.region_name)
    upload.id, upload.partlist = upload_id, list(parts)
    return upload


def acl_row(acl: Any) -> list[Any] | None:
    """An access list as it is kept."""
    if acl is None:
        return None
    return [
        [[[one.id, one.uri, one.display_name] for one in grant.grantees], list(grant.permissions)]
        for grant in acl.grants
    ]


def acl_from(row: list[Any] | None) -> Any:
    """The access list of which `acl_row` answered this."""
    if row is None:
        return None
    return FakeAcl([FakeGrant([FakeGrantee(*one) for one in grantees], permissions) for grantees, permissions in row])
