"""A small WeChat of made-up people: one chooses who one is, and the page that asked is told by a code.

A code is good once, for five minutes, as WeChat's are. An openid follows from the name, so nothing is kept but codes
that are on their way.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

CODE_SECONDS = 300
PEOPLE = ("山间清风", "慢慢来", "小雨点", "老张头", "Lucy")
_LONGEST_NICK = 32


@dataclass(frozen=True)
class MadeUp:
    """Somebody at WeChat, as the official account sees them."""

    openid: str
    nick: str


class SmallWechat:
    """`clock` tells the seconds since 1970."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._codes: dict[str, tuple[MadeUp, float]] = {}

    def agree(self, nick: str) -> str:
        """A code that speaks of whoever calls themselves that; `ValueError` for what is no name."""
        name = nick.strip()
        if not 1 <= len(name) <= _LONGEST_NICK:
            raise ValueError(nick)
        digest = hashlib.sha256(f"openid\x1f{name}".encode()).hexdigest()
        code, now = secrets.token_hex(16), self._clock()
        with self._lock:
            self._codes = {old: kept for old, kept in self._codes.items() if kept[1] > now}
            self._codes[code] = (MadeUp(f"o{digest[:27]}", name), now + CODE_SECONDS)
        return code

    def redeem(self, code: str) -> MadeUp | None:
        """Of whom it speaks, once and in time."""
        with self._lock:
            found = self._codes.pop(code, None)
        return found[0] if found is not None and self._clock() < found[1] else None
