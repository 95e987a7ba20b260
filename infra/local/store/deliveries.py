"""What the dispatcher has taken on and not yet delivered, kept so that a killed process owes nothing.

Queues keep their own messages; this is for targets that have no queue: functions called asynchronously, workflows and
HTTP destinations, and whatever is to be delivered late.
"""

import sqlite3
import time
from typing import NamedTuple

from .database import Database

_LETTERS_LIVE = 14 * 86_400.0
"""Seconds for which given-up records are kept, as long as their letter may lie in a dead-letter queue."""


class Delivery(NamedTuple):
    """One delivery on its way. `text` is what the target is told, `about` what else the dispatcher must remember of
    it (JSON); moments are epoch seconds of the machine; `attempt` counts what has failed, `why` says the last time."""

    id: str
    target: str
    text: str
    about: str
    at: float
    due: float
    attempt: int = 0
    why: str = ""


def keep(connection: sqlite3.Connection, delivery: Delivery) -> None:
    """Within somebody's transaction."""
    connection.execute("INSERT OR REPLACE INTO deliveries VALUES(?,?,?,?,?,?,?,?)", delivery)


class KeptDeliveries:
    """Rows by id, in the store's file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, delivery: Delivery) -> None:
        """Keeps a delivery, new or tried again."""
        with self._database.write() as connection:
            keep(connection, delivery)

    def drop(self, name: str) -> None:
        """It is delivered, or given up for good."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM deliveries WHERE id=?", (name,))

    def all(self) -> list[Delivery]:
        """Everything on its way, the next due first."""
        rows = self._database.rows("SELECT id, target, text, about, at, due, attempt, why FROM deliveries ORDER BY due")
        return [Delivery(*row) for row in rows]

    # ---- records of a stream that were given up: their letter names them only ----
    def put_letter(self, name: str, consumer: str, text: str) -> None:
        """Keeps the records that a letter stands for, so that it can be sent again."""
        now = time.time()
        with self._database.write() as connection:
            connection.execute("DELETE FROM letters WHERE at<?", (now - _LETTERS_LIVE,))
            connection.execute("INSERT OR REPLACE INTO letters VALUES(?,?,?,?)", (name, consumer, now, text))

    def letter(self, name: str) -> tuple[str, str] | None:
        """Consumer and records of a letter; None when they are not kept."""
        rows = self._database.rows("SELECT consumer, text FROM letters WHERE id=?", (name,))
        return (str(rows[0][0]), str(rows[0][1])) if rows else None

    # ---- schedules ----
    def fired(self) -> dict[str, float]:
        """When each schedule was last called, in hospital time."""
        return {str(name): float(at) for name, at in self._database.rows("SELECT schedule, at FROM fired")}

    def note_fired(self, schedule: str, at: float) -> None:
        """A schedule is called."""
        with self._database.write() as connection:
            connection.execute("INSERT OR REPLACE INTO fired VALUES(?,?)", (schedule, at))
