"""Units of work on moto's tables: what was touched, undone when it fails, committed when the outermost ends."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Touch(NamedTuple):
    """One key of a table, with the item that was there before (None: there was none)."""

    table: Any
    hash_key: Any
    range_key: Any
    before: Any


def look(table: Any, hash_key: Any, range_key: Any) -> Any:
    """The item that `table` holds under this key, or None; never makes moto's empty partitions."""
    row = table.items.get(hash_key)
    if not table.has_range_key:
        return row
    return row.get(range_key) if row else None


def place(table: Any, hash_key: Any, range_key: Any, item: Any) -> None:
    """Puts `item` under the key, or takes away what is there when `item` is None."""
    if not table.has_range_key:
        if item is None:
            table.items.pop(hash_key, None)
        else:
            table.items[hash_key] = item
        return
    if item is not None:
        table.items[hash_key][range_key] = item
        return
    row = table.items.get(hash_key)
    if row is not None:
        row.pop(range_key, None)
        if not row:
            table.items.pop(hash_key)


@dataclass
class Unit:
    """The touches of one unit in order, and the request token that commits with them, (token, digest).

    `principal` is who writes when it is not the caller of a request; `on_failure` is called when the unit fails.
    """

    touches: list[Touch] = field(default_factory=list)
    token: tuple[str, str] | None = None
    is_transaction: bool = False
    principal: str | None = None
    on_failure: list[Callable[[], object]] = field(default_factory=list)

    def see(self, table: Any, hash_key: Any, range_key: Any) -> Any:
        """Notes the item under a key that is about to be written; answers that item or None."""
        before = look(table, hash_key, range_key)
        self.touches.append(Touch(table, hash_key, range_key, before))
        return before

    def undo(self, mark: int) -> None:
        """Puts back everything touched since `mark`, last first."""
        while len(self.touches) > mark:
            touch = self.touches.pop()
            place(touch.table, touch.hash_key, touch.range_key, touch.before)

    def first_touches(self) -> list[Touch]:
        """One touch per key, with the item from before the unit."""
        firsts: dict[tuple[str, Any, Any], Touch] = {}
        for touch in self.touches:
            firsts.setdefault((touch.table.name, touch.hash_key, touch.range_key), touch)
        return list(firsts.values())


class Units:
    """Runs units one at a time: moto's tables have no lock of their own.

    `lock` is also taken around reads, so that nobody sees half a unit.
    """

    def __init__(self, commit: Callable[[Unit], None]) -> None:
        self.lock = threading.RLock()
        self._commit = commit
        self._open: Unit | None = None

    @property
    def in_transaction(self) -> bool:
        """Is the caller inside TransactWriteItems? Ask with the lock held."""
        return self._open is not None and self._open.is_transaction

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Joins the open unit or begins one. What fails inside is undone; the outermost commits before it returns."""
        with self.lock:
            outer = self._open
            unit = outer if outer is not None else Unit()
            mark = len(unit.touches)
            self._open = unit
            try:
                yield unit
                if outer is None and (unit.touches or unit.token):
                    self._commit(unit)
            except BaseException:
                unit.undo(mark)
                if outer is None:
                    for undo in unit.on_failure:
                        undo()
                raise
            finally:
                self._open = outer
