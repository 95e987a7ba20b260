"""The one SQLite file of a folder, `hospital.db`: opening, refusing, and atomic writes."""

import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import StoreBusy, StoreTooNew, StoreUnreadable, StoreUnwritable
from .formats import FORMAT, upgrade

PAGES_GIVEN_BACK = 4_000
"""At once, 4 KB each: a few hundredths of a second."""

LOG_BYTES = 16 * 1024 * 1024
"""The write-ahead log is cut to this when its content is in the file."""

Say = Callable[[str], None]


def _to_terminal(sentence: str) -> None:
    # Not `sys.stderr`: within a function's call that may be the function's log, on the disk that is full.
    print(sentence, file=sys.__stderr__, flush=True)


class Database:
    """One connection, used by one thread at a time under `lock`. `write()` is a transaction."""

    def __init__(self, path: Path | None, say: Say = _to_terminal) -> None:
        """Opens or makes the file at `path`; None is a store in memory that ends with the process.

        `say` is told one sentence when writing begins to fail, and one when it works again.
        Raises StoreBusy, StoreTooNew or StoreUnreadable.
        """
        self.path = path
        self._say = say
        self._is_failing = False
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
        self._demand_give_back(version)
        # WAL with NORMAL survives kill -9 of the process; a power loss may cost the last commits, never half of one.
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.execute(f"PRAGMA journal_size_limit={LOG_BYTES}")
        self.connection.execute("BEGIN IMMEDIATE")
        if version < FORMAT:
            upgrade(self.connection, version)
        self.connection.execute("COMMIT")

    def _demand_give_back(self, version: int) -> None:
        """Room that rows leave behind can be given back only in a file that was laid out for it."""
        if self.connection.execute("PRAGMA auto_vacuum").fetchone()[0] == 2:
            return
        self.connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        if version:
            self.connection.execute("VACUUM")

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
                    raise self._unwritable(error) from error
                raise
            if self._is_failing:
                self._is_failing = False
                self._say(f"The state in {self.path} is written again.")

    def _unwritable(self, error: sqlite3.Error) -> StoreUnwritable:
        if "full" in str(error):
            sentence = (
                f"The disk that holds {self.path} is full: every change is refused until there is room again; "
                "nothing that was acknowledged is lost."
            )
        else:
            sentence = f"The state in {self.path} could not be written: {error}."
        if not self._is_failing:
            self._is_failing = True
            self._say(sentence)
        return StoreUnwritable(sentence)

    def give_back(self) -> int:
        """Cuts up to PAGES_GIVEN_BACK unused pages off the file; answers how many are left."""
        with self.lock:
            free = int(self.connection.execute("PRAGMA freelist_count").fetchone()[0])
            if free:
                try:
                    # Each step frees one page, and only a script is stepped to its end.
                    self.connection.executescript(f"PRAGMA incremental_vacuum({PAGES_GIVEN_BACK})")
                except sqlite3.Error as error:
                    raise self._unwritable(error) from error
            return max(0, free - PAGES_GIVEN_BACK)

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
