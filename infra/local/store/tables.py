"""DynamoDB's items kept: what a unit touched goes into the file, the change list and the indexes in one commit."""

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from .change_list import ChangeList, NewChange
from .database import Database
from .errors import StoreError
from .expiry import Expiry
from .images import image_of, item_from, text_of
from .index_lag import IndexLag
from .query_index import QueryIndex
from .request_tokens import RequestTokens
from .sizes import EXACT
from .units import Touch, Unit, Units, look, place

RowKey = tuple[str, str, str]
"""(table, hash key, range key); a key value is its type letter and its text, the range key empty if there is none."""


class KeptTables:
    """The items of all tables: in moto's memory for reading, in the database for keeping."""

    def __init__(
        self,
        database: Database,
        tokens: RequestTokens,
        change_list: ChangeList,
        clock: Callable[[], float],
        hospital_time: Callable[[], float],
        index_lag: IndexLag,
    ) -> None:
        self.units = Units(self._commit)
        self.index = QueryIndex()
        self.expiry = Expiry(self.units, hospital_time)
        self.index_lag = index_lag
        self._database = database
        self._tokens = tokens
        self._change_list = change_list
        self._clock = clock
        # Tables with rows that are not in memory yet: a write before `load` would not see what it replaces.
        self._waiting = {row[0] for row in database.rows("SELECT DISTINCT tbl FROM items")}
        self.read_bytes = 0
        """What the last query or scan looked at; read it with the lock held."""
        self._homes: dict[str, tuple[str, str]] = {}

    def load(self) -> int:
        """Puts the kept items into the tables that exist now; answers how many.

        Rows of a table that the template no longer has stay where they are.
        """
        count = 0
        with self.units.lock, _no_collections():
            for table in all_tables():
                count += self._load_table(table)
        return count

    def _load_table(self, table: Any) -> int:
        if table.name not in self._waiting:
            return 0
        rows = self._database.rows("SELECT attrs FROM items WHERE tbl=?", (table.name,))
        range_attr = table.range_key_attr if table.has_range_key else None
        for (text,) in rows:
            item = item_from(text, table.hash_key_attr, range_attr)
            place(table, item.hash_key, item.range_key, item)
        self.index.forget(table)
        self._waiting.discard(table.name)
        return len(rows)

    def empty(self, name: str) -> None:
        """Takes all items of a table away, kept ones too, without changes in the change list."""
        with self.units.lock:
            with self._database.write() as connection:
                connection.execute("DELETE FROM items WHERE tbl=?", (name,))
            self._waiting.discard(name)
            for table in all_tables():
                if table.name == name:
                    table.items.clear()
                    self.index.forget(table)

    def drop(self, table: Any) -> None:
        """A table was deleted: its rows go too."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM items WHERE tbl=?", (table.name,))
        self._waiting.discard(table.name)
        self._homes.pop(table.name, None)
        self.index.forget(table)

    def _commit(self, unit: Unit) -> None:
        touches = [touch for touch in unit.first_touches() if touch.before is not _after(touch)]
        for touch in touches:
            self._check_home(touch.table)
        rows: list[tuple[str, str, str, str]] = []
        gone: list[RowKey] = []
        changes: list[NewChange] = []
        for touch in touches:
            self._describe(touch, unit.principal, rows, gone, changes)
        with self._database.write() as connection:
            _keep(connection, rows, gone)
            self._change_list.add(connection, changes)
            if unit.token:
                self._tokens.keep(connection, *unit.token)
        self.index.follow(touches)
        self.expiry.follow(touches)
        self.index_lag.follow(touches)
        if changes:
            self._change_list.announce()

    def _describe(
        self,
        touch: Touch,
        principal: str | None,
        rows: list[tuple[str, str, str, str]],
        gone: list[RowKey],
        changes: list[NewChange],
    ) -> None:
        table = touch.table
        new = image_of(_after(touch))
        new_text = None if new is None else text_of(new)
        if new_text is None:
            gone.append(_row_key(touch))
        else:
            rows.append((*_row_key(touch), new_text))
        if table.stream_shard is None:
            return
        old = image_of(touch.before)
        if old != new:
            name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
            old_text = None if old is None else text_of(old)
            changes.append(NewChange(table.name, self._clock(), name, old_text, new_text, principal))

    def _check_home(self, table: Any) -> None:
        if table.name in self._waiting:
            raise StoreError(f"Table {table.name} has kept items: call load() before the first write.")
        home = self._homes.setdefault(table.name, (table.account_id, table.region_name))
        if home != (table.account_id, table.region_name):
            raise StoreError(
                f"Table {table.name} exists in two regions or accounts; one folder keeps one of each name."
            )


@contextmanager
def _no_collections() -> Iterator[None]:
    """Nothing that is made here can be garbage, and Python would look through all of it again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _after(touch: Touch) -> Any:
    return look(touch.table, touch.hash_key, touch.range_key)


def _row_key(touch: Touch) -> RowKey:
    range_text = "" if touch.range_key is None else key_text(touch.range_key)
    return touch.table.name, key_text(touch.hash_key), range_text


def key_text(value: Any) -> str:
    """A key value as rows have it: its type letter and its text."""
    # Numbers by value: 1 and 1.0 are the same key.
    content = EXACT.normalize(value.cast_value) if value.type == "N" else value.value
    return f"{value.type}{content.hex() if isinstance(content, bytes) else content}"


def _keep(connection: sqlite3.Connection, rows: list[tuple[str, str, str, str]], gone: list[RowKey]) -> None:
    if rows:
        connection.executemany("INSERT OR REPLACE INTO items VALUES(?,?,?,?)", rows)
    if gone:
        connection.executemany("DELETE FROM items WHERE tbl=? AND hk=? AND rk=?", gone)


def all_tables() -> Iterator[Any]:
    """Every table of moto's DynamoDB."""
    for regions in list(dynamodb_backends.values()):
        for backend in list(regions.values()):
            yield from list(backend.tables.values())
