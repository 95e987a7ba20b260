"""The newest events that went over the bus, for people to look at. Nothing is delivered from here."""

import json
import threading
from typing import Any, NamedTuple

from .database import Database

_KEPT = 5000
_TRIM_EACH = 200


class SeenEvent(NamedTuple):
    """One event. `at` is hospital time in epoch seconds, `text` its detail as JSON, `went` to whom it went and how."""

    n: int
    at: float
    bus: str
    id: str
    type: str
    source: str
    subject: str
    sequence: str
    text: str
    went: list[dict[str, Any]]


class KeptEvents:
    """Rows by number, the oldest of more than 5,000 dropped."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._since_trim = 0

    def add(self, at: float, bus: str, event: dict[str, Any], went: list[dict[str, Any]]) -> None:
        """Notes an event as EventBridge passes it on, and where it goes."""
        detail = event.get("detail")
        said = detail if isinstance(detail, dict) else {}
        row = (
            at,
            bus,
            str(event.get("id", "")),
            str(event.get("detail-type", "")),
            str(event.get("source", "")),
            str(said.get("subject", "")),
            str(said.get("sequence", "")),
            json.dumps(detail, ensure_ascii=False),
            json.dumps(went, ensure_ascii=False),
        )
        with self._lock:
            self._since_trim += 1
            is_due = self._since_trim >= _TRIM_EACH
            if is_due:
                self._since_trim = 0
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO events(at, bus, id, type, source, subject, sequence, text, went)"
                " VALUES(?,?,?,?,?,?,?,?,?)",
                row,
            )
            if is_due:
                connection.execute(
                    "DELETE FROM events WHERE n<=(SELECT seq FROM sqlite_sequence WHERE name='events')-?", (_KEPT,)
                )

    def page(self, search: str = "", before: int | None = None, limit: int = 50) -> list[SeenEvent]:
        """The newest events before number `before`, that hold `search` in type, subject, source, id or detail."""
        conditions, values = ["1=1"], list[Any]()
        if before is not None:
            conditions.append("n<?")
            values.append(before)
        for word in search.split():
            conditions.append("instr(lower(type||' '||subject||' '||sequence||' '||source||' '||id||' '||text), ?)>0")
            values.append(word.lower())
        rows = self._database.rows(
            "SELECT n, at, bus, id, type, source, subject, sequence, text, went FROM events"
            f" WHERE {' AND '.join(conditions)} ORDER BY n DESC LIMIT ?",
            (*values, limit),
        )
        return [SeenEvent._make((*row[:-1], json.loads(row[-1]))) for row in rows]
