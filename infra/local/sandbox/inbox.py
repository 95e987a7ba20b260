"""What the embedded adapters "sent", newest first: text messages, and notifications."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_KEPT = 2000
_SHOWN = 100
NOTIFIED = ("id", "person_id", "channel", "title", "words", "opens", "sent_at")
"""What is kept of a notification."""

NOBODYS = "19900000000"
BLOCKED_WORD = "屏蔽词"


def refusal_of(phone: str, text: str) -> str:
    """Why the inbox, like a carrier, takes a text for no money: the number is nobody's, or a word in it is blocked."""
    if phone == NOBODYS:
        return "no_such_number"
    return "keyword" if BLOCKED_WORD in text else ""


class Inbox:
    """A SQLite file of its own, for one process."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS sms(id INTEGER PRIMARY KEY AUTOINCREMENT, phone TEXT, text TEXT, sent_at TEXT)"
        )
        self._connection.execute("CREATE TABLE IF NOT EXISTS sms_ids(id TEXT PRIMARY KEY, number INTEGER)")
        self._connection.execute("CREATE INDEX IF NOT EXISTS sms_by_phone ON sms(phone, id)")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS notifications(number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE,"
            " person_id TEXT, channel TEXT, title TEXT, words TEXT, opens TEXT, sent_at TEXT)"
        )

    def put(self, phone: str, text: str, sent_at: str, id_: str = "") -> int:
        """Keeps a message, one with an id once; its number."""
        with self._lock:
            if id_ and (known := self._connection.execute("SELECT number FROM sms_ids WHERE id=?", (id_,)).fetchone()):
                return int(known[0])
            cursor = self._connection.execute(
                "INSERT INTO sms(phone, text, sent_at) VALUES(?,?,?)", (phone, text, sent_at)
            )
            number = int(cursor.lastrowid or 0)
            if id_:
                self._connection.execute("INSERT INTO sms_ids(id, number) VALUES(?,?)", (id_, number))
            self._connection.execute("DELETE FROM sms WHERE id<=?", (number - _KEPT,))
            self._connection.execute("DELETE FROM sms_ids WHERE number<=?", (number - _KEPT,))
        return number

    def messages(self, phone: str | None) -> list[dict[str, Any]]:
        """The newest messages, of one phone or of all."""
        where, values = ("WHERE phone=?", (phone,)) if phone else ("", ())
        with self._lock:
            rows = self._connection.execute(
                f"SELECT id, phone, text, sent_at FROM sms {where} ORDER BY id DESC LIMIT {_SHOWN}", values
            ).fetchall()
        return [dict(zip(("id", "phone", "text", "sent_at"), row, strict=True)) for row in rows]

    def put_notification(self, told: Mapping[str, str]) -> bool:
        """Keeps what `NOTIFIED` names, an id once; whether it is new. What is acknowledged survives a kill."""
        marks = ",".join("?" * len(NOTIFIED))
        with self._lock:
            cursor = self._connection.execute(
                f"INSERT OR IGNORE INTO notifications({','.join(NOTIFIED)}) VALUES({marks})",
                [told[name] for name in NOTIFIED],
            )
            if cursor.rowcount:
                self._connection.execute(
                    "DELETE FROM notifications WHERE number<=?", (int(cursor.lastrowid or 0) - _KEPT,)
                )
        return bool(cursor.rowcount)

    def notifications(self, person_id: str | None) -> list[dict[str, Any]]:
        """The newest notifications, of one person or of all."""
        where, values = ("WHERE person_id=?", (person_id,)) if person_id else ("", ())
        with self._lock:
            rows = self._connection.execute(
                f"SELECT {','.join(NOTIFIED)} FROM notifications {where} ORDER BY number DESC LIMIT {_SHOWN}", values
            ).fetchall()
        return [dict(zip(NOTIFIED, row, strict=True)) for row in rows]

    def close(self) -> None:
        """Gives the file up."""
        with self._lock:
            self._connection.close()
