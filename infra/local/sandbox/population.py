"""The register of made-up people: who has which ID number. What the embedded identity check asks.

It has a file of its own, knows nothing of the hospital's tables, and judges: a name that it does not find under a
number is no match, whoever asks. `mood` turns what goes wrong with an authority: `slow` (answers after
`slow_seconds`), `down` (answers nothing but an error), `wrong` (answers what somebody else asked).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

Mood = Literal["well", "slow", "down", "wrong"]
MOODS: tuple[Mood, ...] = ("well", "slow", "down", "wrong")


class Population:
    """A SQLite file, for one process."""

    def __init__(self, path: Path | str) -> None:
        self.mood: Mood = "well"
        self.slow_seconds = 8.0
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS people(id_number TEXT PRIMARY KEY, name TEXT NOT NULL)")

    def register(self, people: Iterable[tuple[str, str]]) -> None:
        """Writes (name, number) down; somebody known under the number has that name from then on."""
        with self._lock:
            self._connection.execute("BEGIN")
            self._connection.executemany(
                "INSERT INTO people(name, id_number) VALUES(?,?)"
                " ON CONFLICT(id_number) DO UPDATE SET name=excluded.name",
                list(people),
            )
            self._connection.execute("COMMIT")

    def judge(self, name: str, id_number: str) -> Literal["match", "mismatch", "unknown"]:
        """What the register says of a name and a number."""
        with self._lock:
            row = self._connection.execute("SELECT name FROM people WHERE id_number=?", (id_number,)).fetchone()
        if row is None:
            return "unknown"
        return "match" if row[0] == name else "mismatch"

    def people(self, limit: int = 100) -> list[dict[str, str]]:
        """Some of them, for whoever wants to try it."""
        with self._lock:
            rows = self._connection.execute("SELECT name, id_number FROM people ORDER BY rowid LIMIT ?", (limit,))
            return [{"name": name, "id_number": number} for name, number in rows.fetchall()]

    def close(self) -> None:
        """Gives the file up."""
        with self._lock:
            self._connection.close()
