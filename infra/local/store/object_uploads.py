"""Uploads in parts that are under way: a row each, and a file for every part, both before the part is answered."""

import datetime
import json
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from moto.s3.exceptions import NoSuchUpload
from moto.s3.models import CaseInsensitiveDict, FakeKey, FakeMultipart, S3Backend

from .database import Database
from .errors import StoreUnwritable
from .object_rows import KeptBytes, acl_from, acl_row, settle
from .seams import Seam

_PLAIN = ("key_name", "account_id", "region_name", "storage", "tags", "sse_encryption", "kms_key_id")

WriteFile = Callable[[bytes], Path]
Drop = Callable[[list[Path]], None]


class KeptUploads:
    """`folder` None keeps nothing. Used under the lock of the objects, whose files these are among."""

    def __init__(self, database: Database, folder: Path | None, write_file: WriteFile, drop: Drop) -> None:
        self._database, self._folder, self._write_file, self._drop = database, folder, write_file, drop
        self._completed: dict[str, tuple[Any, Any]] = {}

    def load(self, buckets: Callable[[str], Any]) -> set[str]:
        """Puts uploads back into the buckets that exist (`buckets` answers None for others); the names of all files."""
        wanted: set[str] = set()
        assert self._folder is not None
        for upload_id, bucket, text in self._database.rows("SELECT id, bucket, upload FROM uploads"):
            wanted |= files_of_upload(text)
            home = buckets(bucket)
            if home is not None:
                home.multiparts[upload_id] = _upload(upload_id, json.loads(text), self._folder)
        return wanted

    def seams(self) -> list[Seam]:
        """Whatever begins, changes or ends one."""
        by_id = ("self", "bucket_name", "multipart_id")
        return [
            Seam(S3Backend, "create_multipart_upload", ("self", "bucket_name", "key_name"), self._begun),
            Seam(S3Backend, "upload_part", (*by_id, "part_id", "value"), self._part),
            Seam(S3Backend, "abort_multipart_upload", by_id, self._aborted),
            Seam(S3Backend, "complete_multipart_upload", by_id, self._complete),
        ]

    def forget_completed(self, connection: sqlite3.Connection) -> None:
        """In the transaction that keeps their objects."""
        for upload_id in self._completed:
            connection.execute("DELETE FROM uploads WHERE id=?", (upload_id,))

    def settled(self, is_kept: bool) -> None:
        """The request of a completion ended: when its object is kept the parts go, else the upload is there again."""
        completed, self._completed = self._completed, {}
        for upload_id, (bucket, upload) in completed.items():
            if is_kept:
                self._drop(_files(upload.parts.values()))
            else:
                bucket.multiparts[upload_id] = upload

    def _begun(self, original: Any) -> Any:
        def create_multipart_upload(backend: Any, bucket_name: str, *others: Any, **named: Any) -> Any:
            upload = original(backend, bucket_name, *others, **named)
            if self._folder is not None:
                self._keep(backend.get_bucket(bucket_name), upload)
            return upload

        return create_multipart_upload

    def _part(self, original: Any) -> Any:
        def upload_part(backend: Any, bucket_name: str, multipart_id: str, part_id: int, value: bytes) -> Any:
            bucket = _demanded(backend, bucket_name, multipart_id)
            if self._folder is None:
                return original(backend, bucket_name, multipart_id, part_id, value)
            upload = bucket.multiparts[multipart_id]
            before = upload.parts.get(part_id)
            try:
                path = self._write_file(value)
            except OSError as error:
                raise StoreUnwritable(f"A part could not be written: {error.strerror}.") from error
            part = original(backend, bucket_name, multipart_id, part_id, value)
            settle(part, path)
            try:
                self._keep(bucket, upload)
            except BaseException:
                path.unlink(missing_ok=True)
                if before is None:
                    del upload.parts[part_id]
                    upload.partlist.remove(part_id)
                else:
                    upload.parts[part_id] = before
                raise
            if before is not None:
                self._drop(_files([before]))
            return part

        return upload_part

    def _aborted(self, original: Any) -> Any:
        def abort_multipart_upload(backend: Any, bucket_name: str, multipart_id: str) -> None:
            bucket = _demanded(backend, bucket_name, multipart_id)
            files = _files(bucket.multiparts[multipart_id].parts.values())
            if self._folder is not None:
                with self._database.write() as connection:
                    connection.execute("DELETE FROM uploads WHERE id=?", (multipart_id,))
            original(backend, bucket_name, multipart_id)
            self._drop(files)

        return abort_multipart_upload

    def _complete(self, original: Any) -> Any:
        def complete_multipart_upload(
            backend: Any, bucket_name: str, multipart_id: str, *others: Any, **named: Any
        ) -> Any:
            bucket = _demanded(backend, bucket_name, multipart_id)
            upload = bucket.multiparts[multipart_id]
            key = original(backend, bucket_name, multipart_id, *others, **named)
            self._completed[multipart_id] = bucket, upload
            return key

        return complete_multipart_upload

    def _keep(self, bucket: Any, upload: Any) -> None:
        row = {name: getattr(upload, name) for name in _PLAIN}
        row |= {"metadata": dict(upload.metadata.items()), "acl": acl_row(upload.acl)}
        row["parts"] = [_part_row(number, upload.parts[number]) for number in upload.partlist]
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO uploads VALUES(?,?,?)", (upload.id, bucket.name, json.dumps(row))
            )


def files_of_upload(text: str) -> set[str]:
    """Names of the files that a row needs."""
    return {part["file"] for part in json.loads(text)["parts"]}


def _demanded(backend: Any, bucket_name: str, multipart_id: str) -> Any:
    """The bucket of an upload. One that was ended is NoSuchUpload and no broken server."""
    bucket = backend.get_bucket(bucket_name)
    if multipart_id not in bucket.multiparts:
        raise NoSuchUpload(upload_id=multipart_id)
    return bucket


def _files(parts: Iterable[Any]) -> list[Path]:
    return [part._value_buffer.path for part in parts if isinstance(part._value_buffer, KeptBytes)]


def _part_row(number: int, part: Any) -> dict[str, Any]:
    return {
        "number": number,
        "file": part._value_buffer.path.name,
        "size": part.contentsize,
        "etag": part._etag,
        "at": part.last_modified.isoformat(),
    }


def _upload(upload_id: str, row: dict[str, Any], folder: Path) -> Any:
    upload = FakeMultipart(row["key_name"], CaseInsensitiveDict(row["metadata"]), row["account_id"], row["region_name"])
    for name in _PLAIN:
        setattr(upload, name, row[name])
    upload.id, upload.acl = upload_id, acl_from(row["acl"])
    for one in row["parts"]:
        part = FakeKey(one["number"], b"", row["account_id"], row["region_name"])
        part._value_buffer.close()
        part._value_buffer, part.disposed = KeptBytes(folder / one["file"]), True
        part.contentsize, part._etag = one["size"], one["etag"]
        part.last_modified = datetime.datetime.fromisoformat(one["at"])
        upload.parts[one["number"]] = part
        upload.partlist.append(one["number"])
    return upload
