"""The ordered list of changes to tables with a stream: what a dispatcher reads instead of DynamoDB Streams."""

import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .database import Database
from .images import Image, image_from

EXPIRY = "dynamodb.amazonaws.com"
"""Who deletes an expired item: a stream record then has `userIdentity: {type: Service, principalId: EXPIRY}`."""

ROW = "seq, tbl, at, name, old, new, principal"


@dataclass(frozen=True)
class Change:
    """One change of one item. `seq` grows by commit over all tables; images are DynamoDB JSON.

    `name` is INSERT, MODIFY or REMOVE; `old` is None for an INSERT, `new` for a REMOVE; `at` is epoch seconds.
    `principal` is EXPIRY when the item was deleted because its time to live had passed, else None.
    """

    seq: int
    table: str
    at: float
    name: str
    old: Image | None
    new: Image | None
    principal: str | None = None


@dataclass(frozen=True)
class NewChange:
    """A change that is about to be committed, with its images as text."""

    table: str
    at: float
    name: str
    old: str | None
    new: str | None
    principal: str | None = None


class Consumer(NamedTuple):
    """A registered reader: the tables it reads, the last change it has done, and how many wait for it."""

    name: str
    tables: tuple[str, ...]
    done: int
    waiting: int


class ChangeList:
    """Every consumer has a checkpoint: what it has done is behind it. Delivery is at least once, in order."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._news = threading.Condition()
        # Up to here a consumer has been shown that there is nothing for it: spares looking at others' changes again.
        self._looked: dict[tuple[str, tuple[str, ...]], int] = {}

    def add(self, connection: sqlite3.Connection, changes: Sequence[NewChange]) -> None:
        """Appends within the caller's transaction; `announce` after it has committed."""
        connection.executemany(
            "INSERT INTO changes(tbl, at, name, old, new, principal) VALUES(?,?,?,?,?,?)",
            [(each.table, each.at, each.name, each.old, each.new, each.principal) for each in changes],
        )

    def announce(self) -> None:
        """Wakes the consumers that wait."""
        with self._news:
            self._news.notify_all()

    def register(self, consumer: str, tables: Iterable[str]) -> None:
        """Makes a consumer known with the tables it reads; a new one starts at the oldest change kept.

        Register every consumer before the first `trim`: what no registered consumer waits for goes.
        """
        with self._database.write() as connection:
            connection.execute("INSERT OR IGNORE INTO consumers VALUES(?, 0)", (consumer,))
            connection.execute("DELETE FROM interests WHERE consumer=?", (consumer,))
            connection.executemany("INSERT INTO interests VALUES(?,?)", [(table, consumer) for table in set(tables)])

    def forget(self, consumer: str) -> None:
        """Drops a consumer that no longer exists, so that it holds up no trim."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM consumers WHERE consumer=?", (consumer,))
            connection.execute("DELETE FROM interests WHERE consumer=?", (consumer,))

    def consumers(self) -> list[Consumer]:
        """Every registered consumer, those of mappings that the template no longer has among them: `forget` them."""
        with self._database.lock:
            tables: dict[str, list[str]] = {}
            for consumer, table in self._database.rows("SELECT consumer, tbl FROM interests ORDER BY consumer, tbl"):
                tables.setdefault(consumer, []).append(table)
            rows = self._database.rows(
                "SELECT consumer, seq, (SELECT count(*) FROM changes WHERE changes.seq>consumers.seq AND tbl IN"
                " (SELECT tbl FROM interests WHERE interests.consumer=consumers.consumer)) FROM consumers"
                " ORDER BY consumer"
            )
        return [Consumer(name, tuple(tables.get(name, ())), done, waiting) for name, done, waiting in rows]

    def read(self, consumer: str, tables: Iterable[str], limit: int, wait: float) -> list[Change]:
        """The next changes of `tables` after the consumer's checkpoint, oldest first; waits up to `wait` seconds."""
        names = tuple(sorted(set(tables)))
        end = time.monotonic() + wait
        with self._news:
            while True:
                changes = self._next(consumer, names, limit)
                left = end - time.monotonic()
                if changes or left <= 0:
                    return changes
                self._news.wait(left)

    def _next(self, consumer: str, tables: tuple[str, ...], limit: int) -> list[Change]:
        marks = ",".join("?" * len(tables))
        with self._database.lock:
            start = max(self.checkpoint(consumer), self._looked.get((consumer, tables), 0))
            rows = self._database.rows(
                f"SELECT {ROW} FROM changes WHERE seq>? AND tbl IN ({marks}) ORDER BY seq LIMIT ?",
                (start, *tables, limit),
            )
            if not rows:
                self._looked[consumer, tables] = self.last_seq()
        return [_change(row) for row in rows]

    def checkpoint(self, consumer: str) -> int:
        """The last change that the consumer has done; 0 for none."""
        rows = self._database.rows("SELECT seq FROM consumers WHERE consumer=?", (consumer,))
        return int(rows[0][0]) if rows else 0

    def last_seq(self) -> int:
        """The number of the newest change ever made; 0 for none."""
        rows = self._database.rows("SELECT seq FROM sqlite_sequence WHERE name='changes'")
        return int(rows[0][0]) if rows else 0

    def done(self, consumer: str, seq: int) -> None:
        """Everything up to `seq` is delivered. Never moves back."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO consumers VALUES(?,?) ON CONFLICT(consumer) DO UPDATE SET seq=max(seq, excluded.seq)",
                (consumer, seq),
            )

    def trim(self) -> int:
        """Drops the changes that every registered consumer of their table has done; answers how many.

        Without any registered consumer nothing goes. The room is given back to the disk, a part with each call.
        """
        with self._database.write() as connection:
            if connection.execute("SELECT 1 FROM consumers LIMIT 1").fetchone() is None:
                return 0
            gone = connection.execute(
                "DELETE FROM changes WHERE NOT EXISTS (SELECT 1 FROM interests JOIN consumers USING(consumer)"
                " WHERE interests.tbl=changes.tbl AND consumers.seq<changes.seq)"
            ).rowcount
        self._database.give_back()
        return gone


def _change(row: tuple[int, str, float, str, str | None, str | None, str | None]) -> Change:
    seq, table, at, name, old, new, principal = row
    return Change(seq, table, at, name, image_from(old) if old else None, image_from(new) if new else None, principal)
