"""What a bucket tells of: objects that were made or deleted, noted where moto would send its own notifications.

Kept in the same commit as the object, so that a killed process neither forgets one nor tells of what was not kept.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from moto.s3 import notifications

from .database import Database
from .deliveries import Delivery, keep
from .seams import Seam


class ObjectChange(NamedTuple):
    """One change. `event` is S3's name for it (`ObjectCreated:Put`), `size` in bytes, `etag` without quotes."""

    event: str
    bucket: str
    key: str
    size: int
    etag: str
    version: str | None


class Announcer(Protocol):
    """Who tells others of changes."""

    def prepared(self, changes: Sequence[ObjectChange]) -> list[Delivery]:
        """What is to be delivered; kept by the caller together with the objects."""

    def begin(self, deliveries: Sequence[Delivery]) -> None:
        """They are kept: on their way from now on."""


class ObjectChanges:
    """The changes of the request that is under way. Used under the lock of the objects."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._noted: list[ObjectChange] = []
        self.announcer: Announcer | None = None

    def seam(self) -> Seam:
        """Takes the place of moto's own sending, which is over before the object is kept."""
        return Seam(notifications, "send_event", ("account_id", "event_name", "bucket", "key"), lambda _: self._note)

    def _note(self, account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
        made = str(event_name.value if hasattr(event_name, "value") else event_name).removeprefix("s3:")
        if made == "ObjectCreated:Put" and key.multipart:
            return  # moto tells of an upload in parts twice; S3 says that it was completed
        version = str(key.version_id) if bucket.is_versioned else None
        self._noted.append(ObjectChange(made, bucket.name, key.name, key.size, key.etag.strip('"'), version))

    def taken(self) -> list[ObjectChange]:
        """Those of the request that ends, which are not noted any more."""
        noted, self._noted = self._noted, []
        return noted

    def tell(self, changes: Sequence[ObjectChange], write: Callable[[sqlite3.Connection], None]) -> None:
        """Writes within a transaction, with what is to be told; then it is on its way. StoreUnwritable."""
        deliveries = self.announcer.prepared(changes) if self.announcer and changes else []
        with self._database.write() as connection:
            write(connection)
            for delivery in deliveries:
                keep(connection, delivery)
        if self.announcer and deliveries:
            self.announcer.begin(deliveries)
