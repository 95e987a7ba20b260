"""The one SQLite file of a folder, `hospital.db`: opening, refusing, and atomic writes."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import StoreBusy, StoreTooNew, StoreUnreadable, StoreUnwritable
from .formats import FORMAT, upgrade


class Database:
    """One connection, used by one thread at a time under `lock`. `write()` is a transaction."""

    def __init__(self, path: Path | None) -> None:
        """Opens or makes the file at `path`; None is a store in memory that ends with the process.

        Raises StoreBusy, StoreTooNew or StoreUnreadable.
        """
        self.path = path
        self.lock = threading.RLock()
        where = ":memory:" if path is None else str(path)
        try:
            self.connection = sqlite3.connect(where, timeout=0, isolation_level=None, check_same_thread=False)
            try:
                self._open()
            except BaseException:
                self.connection.close()
                raise
        except sqlite3.Error as error:
            raise _refusal(error, where) from error

    def _open(self) -> None:
        # EXCLUSIVE keeps the file's lock until close, so a second process on the same folder is turned away.
        self.connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        version = self.connection.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise StoreTooNew(
                f"The state in {self.path} has format {version}, newer than format {FORMAT} which this version reads; "
                "update the hospital or use another --state folder."
            )
        # WAL with NORMAL survives kill -9 of the process; a power loss may cost the last commits, never half of one.
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.execute("BEGIN IMMEDIATE")
        if version < FORMAT:
            upgrade(self.connection, version)
        self.connection.execute("COMMIT")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """All statements of the block commit together or not at all. Raises StoreUnwritable."""
        with self.lock:
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException as error:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise StoreUnwritable(f"The state in {self.path} could not be written: {error}.") from error
                raise

    def rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Rows of a query."""
        with self.lock:
            return self.connection.execute(statement, values).fetchall()

    def close(self) -> None:
        """Folds the write-ahead log into the file and gives up the folder."""
        with self.lock:
            self.connection.close()


def _refusal(error: sqlite3.Error, where: str) -> Exception:
    if "locked" in str(error):
        return StoreBusy(
            f"The state in {where} is in use by another process; stop that one or use another --state folder."
        )
    return StoreUnreadable(f"The state in {where} cannot be opened: {error}.")
