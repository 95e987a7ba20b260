"""S3's objects kept: bytes in a file each, everything else in one row per key, both before the answer.

One S3 request runs at a time. moto adds type, metadata, access list and tags after it has put an object, so a key is
written at the end of the request that touched it. Uploads in parts are kept part by part (`object_uploads`).
"""

import datetime
import os
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from moto.s3 import models as s3_models
from moto.s3.models import FakeKey, S3Backend, s3_backends
from moto.s3.responses import S3Response

from .database import Database
from .errors import StoreUnwritable
from .object_bodies import body_seam
from .object_changes import ObjectChange, ObjectChanges
from .object_locks import lock_seams
from .object_reading import Shown, shown
from .object_rows import KeptBytes, files_of, settle, text_of, versions_from
from .object_uploads import KeptUploads
from .seams import Seam

Place = tuple[str, str]
"""(bucket, key)"""

_INTERNAL_ERROR = "<Error><Code>InternalError</Code><Message>{}</Message></Error>"


class KeptObjects:
    """`folder` holds the files; None is a store in memory, where moto's own buffers are enough."""

    def __init__(self, database: Database, folder: Path | None, clock: Callable[[], float]) -> None:
        self._database, self._folder, self._clock = database, folder, clock
        self._lock = threading.RLock()
        self.changes = ObjectChanges(database)
        self.uploads = KeptUploads(database, folder, self._write_file, self._drop)
        self._depth = 0
        self._touched: dict[Place, None] = {}
        self._pins = 0
        self._unwanted: list[Path] = []
        if folder is not None:
            folder.mkdir(exist_ok=True, mode=0o700)

    # ---- start ----
    def load(self) -> int:
        """Puts the kept objects into the buckets that exist now, without reading one file; answers how many keys.

        Rows of a bucket that the template no longer has stay, and so do their files. Files without a row go: their
        request was never answered.
        """
        if self._folder is None:
            return 0
        count, wanted = 0, set()
        with self._lock:
            for bucket, key, text in self._database.rows("SELECT bucket, key, versions FROM objects"):
                wanted |= files_of(text)
                if bucket in s3_backends.bucket_accounts:
                    self._put_back(bucket, key, text)
                    count += 1
            wanted |= self.uploads.load(_bucket_or_none)
            for file in self._folder.iterdir():
                if file.name not in wanted:
                    file.unlink()
        return count

    def _put_back(self, bucket: str, key: str, text: str | None) -> None:
        """Makes moto's memory of a key what its row says; None: there is no such key."""
        assert self._folder is not None
        backend = _home(bucket)
        keys = backend.buckets[bucket].keys
        versions, tags = versions_from(text, self._folder) if text else ([], {})
        if not versions:
            dict.pop(keys, key, None)
            return
        dict.__setitem__(keys, key, versions)
        for version in versions:
            if isinstance(version, FakeKey):
                backend.tagger.delete_all_tags_for_resource(version.arn)
                given = tags.get(version.version_id, {})
                backend.tagger.tag_resource(version.arn, backend.tagger.convert_dict_to_tags_input(given))

    # ---- for those who are no clients of boto3 ----
    def read(self, bucket: str, key: str, version: str | None = None) -> Shown | None:
        """An object, newest version or the one asked for; None when there is none."""
        with self._lock:
            return shown(_home(bucket).get_object(bucket, key, version_id=version))

    def key_of_upload(self, bucket: str, upload_id: str) -> str | None:
        """The key for which an upload in parts was begun; None when there is no such upload."""
        with self._lock:
            upload = _home(bucket).buckets[bucket].multiparts.get(upload_id)
            return str(upload.key_name) if upload else None

    # ---- a copy while it runs ----
    @contextmanager
    def pinned(self) -> Iterator[Path | None]:
        """Within the block no file goes away, whatever is deleted or overwritten; yields their folder."""
        with self._lock:
            self._pins += 1
        try:
            yield self._folder
        finally:
            with self._lock:
                self._pins -= 1
                self._drop([])

    # ---- seams ----
    def seams(self) -> list[Seam]:
        """The entries of a request, what touches a key, and moto's time."""
        request = ("self", "request", "full_url", "headers")
        by_key = ("self", "bucket_name", "key_name")
        entries = [
            Seam(S3Response, name, request, self._request)
            for name in ("ambiguous_response", "bucket_response", "key_response")
        ]
        touching = [
            Seam(S3Backend, name, by_key, self._touching)
            for name in (
                "put_object", "put_object_acl", "put_object_legal_hold", "delete_object", "delete_object_tagging",
                "restore_object",
            )
        ]  # fmt: skip
        return [
            *entries,
            *touching,
            *lock_seams(self._clock, self._changing),
            *self.uploads.seams(),
            Seam(S3Backend, "put_object_tagging", ("self", "key"), self._tagging),
            Seam(s3_models, "utcnow", (), lambda original: self._utcnow),
            self.changes.seam(),
            body_seam(),
        ]

    def _utcnow(self) -> datetime.datetime:
        """moto's objects live in naive UTC; here by the hospital's clock, which retention is judged by too."""
        return datetime.datetime.fromtimestamp(self._clock(), datetime.UTC).replace(tzinfo=None)

    def _request(self, original: Any) -> Any:
        def answered(response: Any, *others: Any, **named: Any) -> Any:
            try:
                with self._lock, self._keeping():
                    return original(response, *others, **named)
            except StoreUnwritable as error:
                return 500, {"content-type": "application/xml"}, _INTERNAL_ERROR.format(error)

        return answered

    def _touching(self, original: Any) -> Any:
        def touching(backend: Any, bucket_name: str, key_name: str, *others: Any, **named: Any) -> Any:
            with self._changing(bucket_name, key_name):
                return original(backend, bucket_name, key_name, *others, **named)

        return touching

    def _tagging(self, original: Any) -> Any:
        def put_object_tagging(backend: Any, key: Any, *others: Any, **named: Any) -> Any:
            with self._changing(key.bucket_name, key.name):
                return original(backend, key, *others, **named)

        return put_object_tagging

    @contextmanager
    def _changing(self, bucket: str, key: str) -> Iterator[None]:
        """The block within which a key may be changed: noted, and kept when the outermost block ends."""
        with self._lock, self._keeping():
            self._touched[bucket, key] = None
            yield

    # ---- keeping ----
    @contextmanager
    def _keeping(self) -> Iterator[None]:
        """The outermost writes what was touched, also when the request failed after it had changed something."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                touched, self._touched = list(self._touched), {}
                changes = self.changes.taken()
                is_kept = False
                try:
                    if self._folder is not None and touched:
                        self._keep(touched, changes)
                    elif changes:
                        self.changes.tell(changes, lambda _connection: None)
                    is_kept = True
                finally:
                    self.uploads.settled(is_kept)

    def _keep(self, touched: list[Place], changes: list[ObjectChange]) -> None:
        made: list[Path] = []
        before = {place: self._kept(place) for place in touched}
        try:
            rows = {place: self._written(place, made) for place in touched if place[0] in s3_backends.bucket_accounts}
            self.changes.tell(changes, partial(self._write_rows, rows))
        except BaseException as error:
            # The request fails, so what it did must be gone from memory too, and from the folder.
            for place, text in before.items():
                if place[0] in s3_backends.bucket_accounts:
                    self._put_back(*place, text)
            for path in made:
                path.unlink(missing_ok=True)
            if isinstance(error, OSError):
                where = f"The objects in {self._folder} could not be written"
                raise StoreUnwritable(f"{where}: {error.strerror}.") from error
            raise
        assert self._folder is not None
        still = {name for text in rows.values() if text for name in files_of(text)}
        was = {name for text in before.values() if text for name in files_of(text)}
        self._drop([self._folder / name for name in was - still])

    def _write_rows(self, rows: Mapping[Place, str | None], connection: sqlite3.Connection) -> None:
        self.uploads.forget_completed(connection)
        for (bucket, key), text in rows.items():
            if text:
                connection.execute("INSERT OR REPLACE INTO objects VALUES(?,?,?)", (bucket, key, text))
            else:
                connection.execute("DELETE FROM objects WHERE bucket=? AND key=?", (bucket, key))

    def _kept(self, place: Place) -> str | None:
        rows = self._database.rows("SELECT versions FROM objects WHERE bucket=? AND key=?", place)
        return str(rows[0][0]) if rows else None

    def _written(self, place: Place, made: list[Path]) -> str | None:
        """The row of a key, after the bytes of its new versions are in files."""
        bucket, key = place
        backend = _home(bucket)
        versions = backend.buckets[bucket].keys.getlist(key, [])
        tags = {}
        for version in versions:
            if isinstance(version, FakeKey):
                if not isinstance(version._value_buffer, KeptBytes):
                    path = self._write_file(version.value)
                    made.append(path)
                    settle(version, path)
                tags[version.version_id] = backend.tagger.get_tag_dict_for_resource(version.arn)
        return text_of(versions, tags) if versions else None

    def _write_file(self, content: bytes) -> Path:
        """A whole file or none: written under a passing name, on the disk before it gets its own."""
        assert self._folder is not None
        path = self._folder / uuid.uuid4().hex
        passing = path.with_suffix(".part")
        try:
            with passing.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            passing.rename(path)
        except BaseException:
            passing.unlink(missing_ok=True)
            raise
        return path

    def _drop(self, paths: list[Path]) -> None:
        self._unwanted += paths
        if self._pins == 0:
            for path in self._unwanted:
                path.unlink(missing_ok=True)
            self._unwanted = []


def _bucket_or_none(name: str) -> Any:
    return _home(name).buckets[name] if name in s3_backends.bucket_accounts else None


def _home(bucket: str) -> Any:
    """The backend that has the bucket: a presigned request names no region, so moto may have asked another's."""
    partition, account = s3_backends.bucket_accounts[bucket]
    return s3_backends[account][partition]
