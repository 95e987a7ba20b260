"""The formats of a state folder: what each added to the one before. Opening an older folder takes the missing steps.

A step is never changed once a folder was written with it; a new table is a new step at the end. Each runs inside the
transaction that also raises the number, so a folder is in one format or the other, never between.
"""

import sqlite3
from collections.abc import Callable

Step = Callable[[sqlite3.Connection], None]


def _first(connection: sqlite3.Connection) -> None:
    _run(
        connection,
        """
        CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
        CREATE TABLE items(tbl TEXT, hk TEXT, rk TEXT, attrs TEXT, PRIMARY KEY(tbl, hk, rk)) WITHOUT ROWID;
        CREATE TABLE changes(seq INTEGER PRIMARY KEY AUTOINCREMENT, tbl TEXT, at REAL, name TEXT, old TEXT, new TEXT);
        CREATE TABLE consumers(consumer TEXT PRIMARY KEY, seq INTEGER) WITHOUT ROWID;
        CREATE TABLE interests(tbl TEXT, consumer TEXT, PRIMARY KEY(tbl, consumer)) WITHOUT ROWID;
        CREATE TABLE tokens(token TEXT PRIMARY KEY, digest TEXT, at REAL) WITHOUT ROWID;
        CREATE INDEX tokens_by_age ON tokens(at);
        CREATE TABLE messages(position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, queue TEXT, body BLOB);
        CREATE TABLE backends(service TEXT, account TEXT, region TEXT, state BLOB,
                              PRIMARY KEY(service, account, region)) WITHOUT ROWID
        """,
    )


def _objects_and_executions(connection: sqlite3.Connection) -> None:
    """Objects of S3 (their bytes are files beside the database), executions of Step Functions, who changed, and
    what the dispatcher has on its way (`deliveries`, `letters`), when schedules fired, and the newest events."""
    _run(
        connection,
        """
        CREATE TABLE objects(bucket TEXT, key TEXT, versions TEXT, PRIMARY KEY(bucket, key)) WITHOUT ROWID;
        CREATE TABLE executions(machine TEXT, name TEXT, input TEXT, started REAL, ended REAL, status TEXT,
                                output TEXT, PRIMARY KEY(machine, name)) WITHOUT ROWID;
        CREATE INDEX executions_by_end ON executions(ended);
        ALTER TABLE changes ADD COLUMN principal TEXT;
        CREATE TABLE deliveries(id TEXT PRIMARY KEY, target TEXT, text TEXT, about TEXT, at REAL, due REAL,
                                attempt INTEGER, why TEXT) WITHOUT ROWID;
        CREATE TABLE letters(id TEXT PRIMARY KEY, consumer TEXT, at REAL, text TEXT) WITHOUT ROWID;
        CREATE TABLE fired(schedule TEXT PRIMARY KEY, at REAL) WITHOUT ROWID;
        CREATE TABLE events(n INTEGER PRIMARY KEY AUTOINCREMENT, at REAL, bus TEXT, id TEXT, type TEXT, source TEXT,
                            subject TEXT, sequence TEXT, text TEXT, went TEXT)
        """,
    )


def _uploads(connection: sqlite3.Connection) -> None:
    """Uploads in parts that are under way; the parts' bytes are files like those of objects."""
    _run(connection, "CREATE TABLE uploads(id TEXT PRIMARY KEY, bucket TEXT, upload TEXT) WITHOUT ROWID")


STEPS: tuple[Step, ...] = (_first, _objects_and_executions, _uploads)

FORMAT = len(STEPS)
"""`PRAGMA user_version` of the folders that this code writes."""


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Takes a folder of format `version` (0: a new one) to FORMAT. Inside the caller's transaction."""
    for step in STEPS[version:]:
        step(connection)
    connection.execute(f"PRAGMA user_version={FORMAT}")


def _run(connection: sqlite3.Connection, statements: str) -> None:
    for statement in statements.split(";"):
        connection.execute(statement)
