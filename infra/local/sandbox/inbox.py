"""The SMS inbox: messages that the embedded adapter "sent", newest first."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Any

_KEPT = 2000
_SHOWN = 100


class Inbox:
    """A SQLite file of its own, for one process."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS sms(id INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT, text TEXT, sent_at TEXT)"
        )
        self._connection.execute("CREATE INDEX IF NOT EXISTS sms_by_phone ON sms(phone, id)")

    def put(self, phone: str, text: str, sent_at: str) -> int:
        """Keeps a message; its number."""
        with self._lock:
            cursor = self._connection.execute(
                "INSERT INTO sms(phone, text, sent_at) VALUES(?,?,?)", (phone, text, sent_at)
            )
            number = int(cursor.lastrowid or 0)
            self._connection.execute("DELETE FROM sms WHERE id<=?", (number - _KEPT,))
        return number

    def messages(self, phone: str | None) -> list[dict[str, Any]]:
        """The newest messages, of one phone or of all."""
        where, values = ("WHERE phone=?", (phone,)) if phone else ("", ())
        with self._lock:
            rows = self._connection.execute(
                f"SELECT id, phone, text, sent_at FROM sms {where} ORDER BY id DESC LIMIT {_SHOWN}", values
            ).fetchall()
        return [dict(zip(("id", "phone", "text", "sent_at"), row, strict=True)) for row in rows]

    def close(self) -> None:
        """Gives the file up."""
        with self._lock:
            self._connection.close()
