"""What the HIS keeps: a SQLite file, one writer at a time."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

LISTS = ("organisations", "departments", "staff")
List = Literal["organisations", "departments", "staff"]
PAGE = 50
_KEPT_CALLS = 500


class Records:
    """Rows of the three lists by code, files by patient number. What was answered survives a kill."""

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.executescript(
            """
            PRAGMA journal_mode=WAL;
            CREATE TABLE IF NOT EXISTS rows(list TEXT, code TEXT, changed_at TEXT, content TEXT,
                PRIMARY KEY(list, code));
            CREATE TABLE IF NOT EXISTS files(number INTEGER PRIMARY KEY AUTOINCREMENT, id_number TEXT UNIQUE,
                content TEXT);
            CREATE TABLE IF NOT EXISTS wishes(key TEXT PRIMARY KEY, number INTEGER);
            CREATE TABLE IF NOT EXISTS calls(number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT, what TEXT,
                about TEXT, card TEXT, answered TEXT);
            """
        )

    def close(self) -> None:
        """Gives the file up."""
        with self._lock:
            self._connection.close()

    # -- organisations, departments, staff ------------------------------------------------------------------------

    def put(self, list_: List, row: Mapping[str, Any], now: str) -> None:
        """Adds a row, or changes the one of its code. Rows may be as wrong as one likes, but for their code."""
        with self._lock:
            self._connection.execute(
                "INSERT INTO rows VALUES(?,?,?,?) ON CONFLICT(list, code) DO UPDATE SET changed_at=excluded.changed_at,"
                " content=excluded.content",
                (list_, str(row["code"]), now, json.dumps(row, ensure_ascii=False)),
            )

    def drop(self, list_: List, code: str) -> None:
        """Forgets a row, as systems do that know no ended ones."""
        with self._lock:
            self._connection.execute("DELETE FROM rows WHERE list=? AND code=?", (list_, code))

    def page(self, list_: List, since: str, cursor: str) -> tuple[list[dict[str, Any]], str | None]:
        """So many rows after `cursor`, and the cursor after them."""
        with self._lock:
            found = self._connection.execute(
                "SELECT code, content FROM rows WHERE list=? AND changed_at>=? AND code>? ORDER BY code LIMIT ?",
                (list_, since, cursor, PAGE + 1),
            ).fetchall()
        rows = [json.loads(content) for _, content in found[:PAGE]]
        return rows, found[PAGE - 1][0] if len(found) > PAGE else None

    # -- files ----------------------------------------------------------------------------------------------------

    def find(self, id_number: str, name: str | None) -> dict[str, Any] | None:
        """The file of that person; by the number alone when no name is told."""
        with self._lock:
            found = self._connection.execute(
                "SELECT content FROM files WHERE id_number=?", (id_number.upper(),)
            ).fetchone()
        content: dict[str, Any] | None = json.loads(found[0]) if found else None
        return content if content is None or name in (None, content["name"]) else None

    def file_at(self, patient_number: str) -> dict[str, Any] | None:
        """The file under a number."""
        with self._lock:
            found = self._connection.execute(
                "SELECT content FROM files WHERE number=?", (_counted(patient_number),)
            ).fetchone()
        return json.loads(found[0]) if found else None

    def another(self, patient_number: str) -> dict[str, Any]:
        """Some other patient's file: what a HIS that is wrong answers with."""
        with self._lock:
            found = self._connection.execute(
                "SELECT content FROM files WHERE number<>? ORDER BY number LIMIT 1", (_counted(patient_number),)
            ).fetchone()
        if found:
            return dict(json.loads(found[0]))
        return {
            "patient_number": "P99999999",
            "id_number": "110101199003070134",
            "name": "别人",
            "cards": [],
            "visits": [],
        }

    def open(self, new: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Opens a file with a visit card and a record number. The same person, and the same `key`, get the same one."""
        id_number = str(new["id_number"]).upper()
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                content = self._opened(new, id_number, key)
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
        return content

    def _opened(self, new: Mapping[str, Any], id_number: str, key: str) -> dict[str, Any]:
        wished = self._connection.execute("SELECT number FROM wishes WHERE key=?", (key,)).fetchone()
        where, value = ("number=?", wished[0]) if wished and key else ("id_number=?", id_number)
        found = self._connection.execute(f"SELECT content FROM files WHERE {where}", (value,)).fetchone()
        if found:
            return dict(json.loads(found[0]))
        cursor = self._connection.execute("INSERT INTO files(id_number, content) VALUES(?, '{}')", (id_number,))
        number = int(cursor.lastrowid or 0)
        content = {
            "patient_number": f"P{number:08d}",
            "id_number": id_number,
            "name": str(new["name"]),
            "phone": str(new.get("phone") or ""),
            "sex": str(new.get("sex") or "unknown"),
            "birth_date": str(new.get("birth_date") or ""),
            "cards": new.get("cards")
            or [
                {"kind": "visit", "number": f"V{number:010d}", "scannable": True},
                {"kind": "record", "number": f"MR{number:08d}", "scannable": True},
            ],
            "visits": new.get("visits") or [],
        }
        self._connection.execute(
            "UPDATE files SET content=? WHERE number=?", (json.dumps(content, ensure_ascii=False), number)
        )
        if key:
            self._connection.execute("INSERT INTO wishes VALUES(?,?)", (key, number))
        return content

    def change_file(self, patient_number: str, changes: Mapping[str, Any]) -> bool:
        """Other cards, other visits, another phone: as the counter would. Whether there is such a file."""
        with self._lock:
            content = self.file_at(patient_number)
            if content is None:
                return False
            changed = json.dumps({**content, **changes}, ensure_ascii=False)
            self._connection.execute("UPDATE files SET content=? WHERE number=?", (changed, _counted(patient_number)))
        return True

    def files(self, cursor: str) -> tuple[list[dict[str, Any]], str | None]:
        """So many files after that patient number, and the cursor after them."""
        with self._lock:
            found = self._connection.execute(
                "SELECT content FROM files WHERE number>? ORDER BY number LIMIT ?", (_counted(cursor), PAGE + 1)
            ).fetchall()
        rows = [json.loads(content) for (content,) in found]
        return rows[:PAGE], rows[PAGE - 1]["patient_number"] if len(rows) > PAGE else None

    def count_files(self) -> int:
        """How many files there are."""
        with self._lock:
            return int(self._connection.execute("SELECT COUNT(*) FROM files").fetchone()[0])

    # -- what was asked -------------------------------------------------------------------------------------------

    def note(self, at: str, what: str, about: str, card: str, answered: str) -> None:
        """One call, for whoever wants to see what left the house. No name, no identity number."""
        with self._lock:
            number = self._connection.execute(
                "INSERT INTO calls(at, what, about, card, answered) VALUES(?,?,?,?,?)",
                (at, what, about, card, answered),
            ).lastrowid
            self._connection.execute("DELETE FROM calls WHERE number<=?", (int(number or 0) - _KEPT_CALLS,))

    def calls(self) -> list[dict[str, Any]]:
        """The newest calls."""
        with self._lock:
            found = self._connection.execute(
                "SELECT number, at, what, about, card, answered FROM calls ORDER BY number DESC LIMIT 100"
            ).fetchall()
        return [dict(zip(("number", "at", "what", "about", "card", "answered"), row, strict=True)) for row in found]


def _counted(patient_number: str) -> int:
    digits = patient_number.removeprefix("P")
    return int(digits) if digits.isdecimal() and len(digits) <= 12 else -1
