"""The last invocations of every function: what came in, what went out, how long it took, and the lines it wrote.

Events hold what people said. The ring exists in the local hospital only, in `invocations.db` of its state folder,
beside the logs, which hold none of it; on AWS nothing of the kind is kept.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KEPT = 3000
LONGEST = 256 * 1024
"""Characters of an event or an answer that are kept; of a longer one nothing is, and it cannot be played again."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS invocations(id INTEGER PRIMARY KEY, function TEXT, request_id TEXT, at REAL,
 milliseconds REAL, outcome TEXT, about TEXT, event TEXT, answer TEXT, lines TEXT);
CREATE INDEX IF NOT EXISTS by_function ON invocations(function, id);
"""
_RUNNING = "running"
_TOGETHER = 200


@dataclass
class Invocation:
    """One call. `at` is hospital time in epoch seconds; `outcome` is empty when it went well, else the error's type;
    `about` says in a few words what it was asked."""

    id: int
    function: str
    request_id: str
    at: float
    event: str
    about: str
    milliseconds: float | None = None
    outcome: str = _RUNNING
    answer: str = ""
    lines: list[str] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """For lists: without what is long."""
        names = ("id", "function", "request_id", "at", "about", "milliseconds", "outcome")
        return {name: getattr(self, name) for name in names}


INVOCATION: ContextVar[Invocation | None] = ContextVar("invocation", default=None)
"""The call that runs in this context."""


class Ring:
    """Written behind the calls' backs by one thread, so that it costs them next to nothing."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        self._queue: queue.SimpleQueue[Invocation | threading.Event | None] = queue.SimpleQueue()
        with _opened(self._path) as connection:
            connection.executescript(_SCHEMA)
            self._next = 1 + int(connection.execute("SELECT coalesce(max(id), 0) FROM invocations").fetchone()[0])
        self._lock = threading.Lock()
        threading.Thread(target=self._write, name="ring", daemon=True).start()

    def begin(self, function: str, request_id: str, event: str) -> Callable[[str, str], None]:
        """A call begins in this context. Call what is answered with (outcome, answer) when it ends."""
        began = time.monotonic()
        kept = event if len(event) <= LONGEST else ""
        with self._lock:
            number, self._next = self._next, self._next + 1
        invocation = Invocation(number, function, request_id, self._clock(), kept, about(event))
        INVOCATION.set(invocation)
        self._queue.put(invocation)

        def end(outcome: str, answer: str) -> None:
            invocation.milliseconds = round((time.monotonic() - began) * 1000, 1)
            invocation.outcome, invocation.answer = outcome, answer if len(answer) <= LONGEST else ""
            self._queue.put(invocation)

        return end

    def settle(self) -> None:
        """Returns when everything that happened before is written."""
        done = threading.Event()
        self._queue.put(done)
        done.wait(10)

    def close(self) -> None:
        """Writes what is left and ends."""
        self.settle()
        self._queue.put(None)

    def _write(self) -> None:
        with _opened(self._path) as connection:
            is_open = True
            while is_open:
                told = [self._queue.get()]
                while len(told) < _TOGETHER and not self._queue.empty():
                    told.append(self._queue.get())
                # A full disk costs lines of the ring, never a call.
                with suppress(sqlite3.Error), connection:
                    self._keep(connection, [one for one in told if isinstance(one, Invocation)])
                for one in told:
                    if isinstance(one, threading.Event):
                        one.set()
                is_open = None not in told

    def _keep(self, connection: sqlite3.Connection, told: list[Invocation]) -> None:
        rows = {one.id: _row(one) for one in told}
        connection.executemany("INSERT OR REPLACE INTO invocations VALUES(?,?,?,?,?,?,?,?,?,?)", list(rows.values()))
        connection.execute("DELETE FROM invocations WHERE id<=?", (self._next - 1 - KEPT,))


class RingReader:
    """Reads the ring, also while a hospital writes it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def functions(self) -> list[dict[str, Any]]:
        """Every function that was called: how often, how often in vain, half and 95 % of its calls took at most so
        long, and when it was called last."""
        rows = self._rows("SELECT function, milliseconds, outcome, at FROM invocations ORDER BY function, milliseconds")
        found: dict[str, dict[str, Any]] = {}
        times: dict[str, list[float]] = {}
        for function, milliseconds, outcome, at in rows:
            one = found.setdefault(function, {"function": function, "calls": 0, "errors": 0, "last_at": at})
            one["calls"] += 1
            one["errors"] += outcome not in ("", _RUNNING)
            one["last_at"] = max(one["last_at"], at)
            if milliseconds is not None:
                times.setdefault(function, []).append(milliseconds)
        for function, one in found.items():
            one |= {"p50": _quantile(times.get(function, []), 0.5), "p95": _quantile(times.get(function, []), 0.95)}
        return list(found.values())

    def newest(
        self, function: str = "", *, search: str = "", failed: bool = False, before: int = 2**62, limit: int = 50
    ) -> list[Invocation]:
        """The newest calls first; `search` is looked for in event, answer and lines."""
        where, values = ["id<?"], [before]
        if function:
            where.append("function=?")
            values.append(function)  # type: ignore[arg-type]
        if failed:
            where.append(f"outcome NOT IN ('', '{_RUNNING}')")
        if search:
            where.append("(instr(event, ?) OR instr(answer, ?) OR instr(lines, ?) OR instr(request_id, ?))")
            values += [search] * 4  # type: ignore[list-item]
        statement = f"SELECT * FROM invocations WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"
        return [_invocation(row) for row in self._rows(statement, (*values, limit))]

    def one(self, number: int) -> Invocation | None:
        """The call of that number, if it is still in the ring."""
        rows = self._rows("SELECT * FROM invocations WHERE id=?", (number,))
        return _invocation(rows[0]) if rows else None

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        if not self._path.exists():
            return []
        with _opened(self._path) as connection:
            return connection.execute(statement, values).fetchall()


def about(event: str) -> str:
    """A request's method and path, a socket's frame, or where an event comes from: never what was said."""
    try:
        read = json.loads(event)
    except ValueError:
        return ""
    if not isinstance(read, dict):
        return ""
    context = read.get("requestContext") or {}
    if "httpMethod" in read:
        return f"{read['httpMethod']} {read.get('path', '')}"
    if "eventType" in context:
        return f"{context['eventType']} {context.get('routeKey', '')}"
    if read.get("Records"):
        first = read["Records"][0]
        return f"{len(read['Records'])} × {first.get('eventSource', '')} {first.get('eventName', '')}".strip()
    return str(read.get("detail-type") or read.get("type") or "")


class _opened:
    """A connection for one thread, closed in the end (sqlite3's own `with` only commits)."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=10)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _row(one: Invocation) -> tuple[Any, ...]:
    lines = json.dumps(one.lines[:200], ensure_ascii=False)
    event, answer = (_readable(text) for text in (one.event, one.answer))
    return (
        one.id,
        one.function,
        one.request_id,
        one.at,
        one.milliseconds,
        one.outcome,
        one.about,
        event,
        answer,
        lines,
    )


def _readable(text: str) -> str:
    """Chinese as it is written, so that it can be searched for."""
    return json.dumps(json.loads(text), ensure_ascii=False) if text[:1] in ("{", "[") and "\\u" in text else text


def _invocation(row: tuple[Any, ...]) -> Invocation:
    number, function, request_id, at, milliseconds, outcome, about_, event, answer, lines = row
    return Invocation(number, function, request_id, at, event, about_, milliseconds, outcome, answer, json.loads(lines))


def _quantile(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None
