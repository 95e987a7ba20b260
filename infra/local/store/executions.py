"""Executions of Step Functions kept from their start, so that what was running is entered again after a restart."""

import time
from collections.abc import Callable
from typing import NamedTuple

from .database import Database

REMEMBERED_SECONDS = 90 * 86_400
"""So long an ended execution's name cannot be used again, as in the cloud."""

_COLUMNS = "machine, name, input, started, ended, status, output"


class KeptExecution(NamedTuple):
    """One execution. `input` and `output` are JSON texts; moments are epoch seconds; `ended` is None while it runs."""

    machine: str
    name: str
    input: str
    started: float
    ended: float | None
    status: str
    output: str | None


class KeptExecutions:
    """Rows by machine and name. The engine tells when one begins and ends; this only remembers."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def begin(self, machine: str, name: str, input_text: str) -> bool:
        """Remembers an execution that starts now, before whoever asked for it hears so.

        False when that name is taken: compare `find(...)` to answer as StartExecution does (the same input of one
        that runs is a success, anything else ExecutionAlreadyExists).
        """
        now = self._clock()
        with self._database.write() as connection:
            connection.execute("DELETE FROM executions WHERE ended<?", (now - REMEMBERED_SECONDS,))
            added = connection.execute(
                "INSERT OR IGNORE INTO executions VALUES(?,?,?,?,NULL,'RUNNING',NULL)", (machine, name, input_text, now)
            ).rowcount
        return added == 1

    def end(self, machine: str, name: str, status: str, output: str | None = None) -> None:
        """It is over: SUCCEEDED, FAILED, TIMED_OUT or ABORTED. What has ended stays as it ended."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE executions SET ended=?, status=?, output=? WHERE machine=? AND name=? AND ended IS NULL",
                (self._clock(), status, output, machine, name),
            )

    def forget(self, machine: str, name: str) -> None:
        """It never began after all: the engine refused what `begin` had remembered."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM executions WHERE machine=? AND name=?", (machine, name))

    def find(self, machine: str, name: str) -> KeptExecution | None:
        """That execution, running or ended."""
        found = self._read("WHERE machine=? AND name=?", (machine, name))
        return found[0] if found else None

    def running(self) -> list[KeptExecution]:
        """What a restart has to enter again, oldest first."""
        return self._read("WHERE ended IS NULL ORDER BY started, machine, name", ())

    def recent(self, limit: int = 100) -> list[KeptExecution]:
        """The newest, running or ended."""
        return self._read("ORDER BY started DESC LIMIT ?", (limit,))

    def _read(self, rest: str, values: tuple[object, ...]) -> list[KeptExecution]:
        return [KeptExecution(*row) for row in self._database.rows(f"SELECT {_COLUMNS} FROM executions {rest}", values)]
