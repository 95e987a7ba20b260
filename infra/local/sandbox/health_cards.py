"""The small registry of e-health cards: what the embedded adapter of that port asks.

It has a file of its own and judges by the register of made-up people: a name that is another's gets no card, nor does
somebody whom the register does not know, nor one who has a card of the channel under another application. The same
application gets the same card again. `mood` turns what goes wrong: `slow` (answers after `slow_seconds`), `down`
(answers nothing but an error), `refuses` (says no to everybody, in its own words).
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from .population import Population

Mood = Literal["well", "slow", "down", "refuses"]
MOODS: tuple[Mood, ...] = ("well", "slow", "down", "refuses")
CODE_SECONDS = 60
_LONGEST = 200


class HealthCardRegistry:
    """A SQLite file, for one process. `clock` gives seconds since 1970."""

    def __init__(self, path: Path | str, population: Population, clock: Callable[[], float]) -> None:
        self.mood: Mood = "well"
        self.slow_seconds = 8.0
        self._population, self._clock = population, clock
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS cards(number INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT, id_number TEXT,"
            " key TEXT, phone TEXT, UNIQUE(channel, id_number))"
        )

    def answer(self, path: str, told: Any) -> tuple[int, dict[str, Any]]:
        """(status, JSON) for a call that the adapter makes: `""` issues, `"/code"` shows."""
        names = ("channel", "number") if path else ("channel", "key", "name", "id_number", "phone")
        asked = _texts(told, names)
        if asked is None:
            return 400, {"code": "sandbox.card_not_understood"}
        if self.mood == "down":
            return 503, {"code": "sandbox.registry_down"}
        if self.mood == "refuses":
            return 422, {"reason": "not_eligible", "said": "本渠道暂只为本市参保人员发卡"}
        return self._code(asked) if path else self._issue(asked)

    def count(self) -> int:
        """How many cards there are."""
        with self._lock:
            return int(self._connection.execute("SELECT COUNT(*) FROM cards").fetchone()[0])

    def cards(self, limit: int = 50) -> list[dict[str, Any]]:
        """The newest cards, without whose they are."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT number, channel FROM cards ORDER BY number DESC LIMIT ?", (limit,)
            ).fetchall()
        return [{"number": _spelled(number), "channel": channel} for number, channel in rows]

    def close(self) -> None:
        """Gives the file up."""
        with self._lock:
            self._connection.close()

    def _issue(self, asked: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        verdict = self._population.judge(asked["name"], asked["id_number"])
        if verdict != "match":
            known = {"mismatch": ("name_mismatch", "姓名与证件号码不一致"), "unknown": ("unknown_person", "查无此人")}
            reason, said = known[verdict]
            return 422, {"reason": reason, "said": said}
        of_person = (asked["channel"], asked["id_number"])
        with self._lock:
            self._connection.execute(
                "INSERT INTO cards(channel, id_number, key, phone) VALUES(?,?,?,?) ON CONFLICT DO NOTHING",
                (*of_person, asked["key"], asked["phone"]),
            )
            number, key = self._connection.execute(
                "SELECT number, key FROM cards WHERE channel=? AND id_number=?", of_person
            ).fetchone()
        if key != asked["key"]:
            return 422, {"reason": "has_card", "said": "该证件已领取过电子健康卡"}
        return 201, {"number": _spelled(number)}

    def _code(self, asked: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        digits = asked["number"].removeprefix("EH")
        with self._lock:
            found = self._connection.execute(
                "SELECT number FROM cards WHERE channel=? AND number=?",
                (asked["channel"], int(digits) if digits.isdecimal() and len(digits) <= 12 else -1),
            ).fetchone()
        if found is None:
            return 422, {"reason": "refused", "said": "没有这张卡"}
        window = int(self._clock()) // CODE_SECONDS
        text = f"{asked['number']}:{window}:{secrets.token_hex(8)}"
        return 200, {"text": text, "seconds": CODE_SECONDS}


def _spelled(number: int) -> str:
    return f"EH{number:010d}"


def _texts(told: Any, names: tuple[str, ...]) -> dict[str, str] | None:
    if not isinstance(told, dict):
        return None
    found = {name: text for name in names if isinstance(text := told.get(name), str) and len(text) <= _LONGEST}
    return found if len(found) == len(names) else None
