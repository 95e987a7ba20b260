"""The store: one folder (or memory) that keeps what moto's services hold, and the patch that makes them use it."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import moto

from . import conditions, parsed_once, short_way
from .change_list import Change, ChangeList, Consumer
from .copying import FILE_NAME, OBJECTS, copy_database, copy_objects
from .database import Database
from .deliveries import KeptDeliveries
from .errors import StoreError, StoreOtherMoto, StoreUnreadable
from .events_seen import KeptEvents
from .executions import KeptExecutions
from .faults import Faults
from .images import Image
from .meter import Meter
from .objects import KeptObjects
from .queues import KeptQueues
from .request_tokens import RequestTokens
from .seams import Patch, Seam
from .services import KeptServices
from .table_requests import TableRequests
from .table_seams import TableSeams
from .tables import KeptTables
from .taken_in import take_in


class Loaded(NamedTuple):
    """How much `Store.load` brought back."""

    items: int
    messages: int
    objects: int


class Store:
    """Open one, install it, and every AWS call that moto answers in this process is kept.

    Start of a local hospital::

        store = Store.open(folder)
        with mock_aws(), installed(store):
            store.load_keys()           # before the template: its keys must be found, not made anew
            ...                         # apply the template: tables, queues, aliases that are missing
            store.empty("dev-connections")
            store.load()                # items and messages, before the first request
    """

    def __init__(self, database: Database, clock: Callable[[], float], hospital_time: Callable[[], float]) -> None:
        self._database = database
        self._change_list = ChangeList(database)
        self.faults, self.meter = Faults(), Meter()
        self._tokens = RequestTokens(database, clock)
        self._tables = KeptTables(
            database, self._tokens, self._change_list, clock, hospital_time, self.faults.index_lag
        )
        self.expiry = self._tables.expiry
        self._services = KeptServices(database)
        self._queues = KeptQueues(database, clock)
        self.executions = KeptExecutions(database, hospital_time)
        folder = None if database.path is None else database.path.with_name(OBJECTS)
        self._objects = KeptObjects(database, folder, hospital_time)
        self.objects = self._objects
        self.deliveries, self.events = KeptDeliveries(database), KeptEvents(database)

    @classmethod
    def open(
        cls,
        folder: Path | str,
        clock: Callable[[], float] = time.time,
        hospital_time: Callable[[], float] | None = None,
    ) -> "Store":
        """Opens the folder, making it when it is missing; holds it until `close`.

        `clock` is the machine's; `hospital_time`, when it differs, dates objects and executions and ends retention.
        Raises StoreBusy, StoreTooNew, StoreOtherMoto or StoreUnreadable, each with one sentence for the user.
        """
        folder = Path(folder)
        try:
            # The file holds key material in clear: for its owner's eyes only.
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / FILE_NAME).touch(mode=0o600)
        except OSError as error:
            raise StoreUnreadable(f"The state folder {folder} cannot be made: {error.strerror}.") from error
        database = Database(folder / FILE_NAME)
        try:
            _check_moto(database)
            return cls(database, clock, hospital_time or clock)
        except sqlite3.Error as error:
            database.close()
            raise StoreUnreadable(f"The state in {folder} cannot be read: {error}.") from error
        except BaseException:
            database.close()
            raise

    @classmethod
    def in_memory(cls, clock: Callable[[], float] = time.time) -> "Store":
        """The same store without a folder: for tests."""
        return cls(Database(None), clock, clock)

    def load_keys(self) -> list[str]:
        """Brings back KMS and Secrets Manager as they were; answers the services found. Before the template."""
        return self._services.load()

    def load(self) -> Loaded:
        """Brings back items, messages and objects into the tables, queues and buckets that exist now. After the
        template."""
        return Loaded(self._tables.load(), self._queues.load(), self._objects.load())

    def empty(self, table: str) -> None:
        """Takes all items of a table away, without changes in the change list: for rows that mean nothing after a
        restart, as those of open sockets."""
        self._tables.empty(table)

    # ---- changes of tables that have a stream ----
    def register(self, consumer: str, tables: Iterable[str]) -> None:
        """Makes a consumer of the change list known; all of them before the first `trim`."""
        self._change_list.register(consumer, tables)

    def forget(self, consumer: str) -> None:
        """Drops a consumer that no longer exists."""
        self._change_list.forget(consumer)

    def consumers(self) -> list[Consumer]:
        """All registered consumers, also those of mappings that are gone: `forget` these, or they hold up `trim`."""
        return self._change_list.consumers()

    def changes(self, consumer: str, tables: Iterable[str], limit: int = 100, wait: float = 0) -> list[Change]:
        """The next changes after the consumer's checkpoint, oldest first, at most `limit`; waits up to `wait`
        seconds for the first. Until `done`, the same changes come again."""
        return self._change_list.read(consumer, tables, limit, wait)

    def done(self, consumer: str, seq: int) -> None:
        """The consumer has delivered everything up to `seq`."""
        self._change_list.done(consumer, seq)

    def checkpoint(self, consumer: str) -> int:
        """The last change that the consumer has done; 0 for none."""
        return self._change_list.checkpoint(consumer)

    def last_seq(self) -> int:
        """The number of the newest change; 0 for none."""
        return self._change_list.last_seq()

    def trim(self) -> int:
        """Drops changes that every registered consumer of their table has done; answers how many."""
        return self._change_list.trim()

    def compact(self) -> int:
        """Gives a part of the unused room back to the disk; answers how many pages of 4 KB are still unused. `trim`
        does it too."""
        return self._database.give_back()

    # ---- life ----
    def seams(self) -> list[Seam]:
        """All places where moto is patched for this store."""
        requests = TableRequests(self._tables, self._tokens, self.faults, self.meter)
        tables = TableSeams(self._tables)
        return [
            *requests.seams(),
            *tables.seams(),
            *conditions.seams(),
            *parsed_once.seams(),
            *short_way.seams(),
            *self._services.seams(),
            *self._queues.seams(),
            *self._objects.seams(),
        ]

    def take_in(self, table: str, images: Iterable[Image]) -> int:
        """Puts items that were made elsewhere (DynamoDB JSON, bytes as bytes) into an empty table, without changes in
        the change list; answers how many."""
        return take_in(self._tables, self._database, table, images)

    def copy_to(self, folder: Path) -> int:
        """Puts everything acknowledged so far into a new folder, as of one moment; answers how many objects' bytes.
        Writers wait only while the database is copied."""
        with self._objects.pinned() as objects:
            with self._database.lock:
                copy_database(self._database.connection, folder)
            return copy_objects(objects, folder) if objects else 0

    def close(self) -> None:
        """Gives up the folder. Uninstall first."""
        self._database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_lock = threading.Lock()
_patch: Patch | None = None


def install(store: Store) -> None:
    """Patches moto for this store. One store at a time; raises StoreError when one is installed."""
    global _patch
    with _lock:
        if _patch is not None:
            raise StoreError("A store is installed already; uninstall it first.")
        _patch = Patch(store.seams())


def uninstall() -> None:
    """Leaves moto as it came; nothing happens when no store is installed."""
    global _patch
    with _lock:
        if _patch is not None:
            _patch.remove()
        _patch = None


@contextmanager
def installed(store: Store) -> Iterator[Store]:
    """`install` for the length of a block."""
    install(store)
    try:
        yield store
    finally:
        uninstall()


def _check_moto(database: Database) -> None:
    """Items and messages are kept in forms of our own; keys and secrets are pickles of moto's classes."""
    rows = database.rows("SELECT value FROM about WHERE name='moto'")
    written_by = rows[0][0] if rows else moto.__version__
    if written_by != moto.__version__ and database.rows("SELECT 1 FROM backends LIMIT 1"):
        raise StoreOtherMoto(
            f"The keys and secrets in {database.path} were kept with moto {written_by} and this is moto "
            f"{moto.__version__}; open the folder with that version or begin a new one."
        )
    with database.write() as connection:
        connection.execute("INSERT OR REPLACE INTO about VALUES('moto', ?)", (moto.__version__,))
