"""Tells the hospital what was paid and given back: signed, and again until it says thanks."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .book import Book

MOODS = ("as_ever", "twice", "held", "forged")
"""twice: each is sent two times. held: none is sent before `release`. forged: before each one goes another, of a higher
amount, signed by a key of nobody."""
_MOST_TRIES = 16
_LONGEST_WAIT = 60.0
_TIMEOUT_SECONDS = 10


class Caller(threading.Thread):
    """`machine` tells the seconds since 1970 by which signatures are judged and tries fall due."""

    def __init__(self, book: Book, key: Ed25519PrivateKey, merchant: str, machine: Callable[[], float]) -> None:
        super().__init__(daemon=True)
        self._book, self._key, self._merchant, self._machine = book, key, merchant, machine
        self._ended, self._one_at_a_time = threading.Event(), threading.Lock()
        self.mood, self.news = "as_ever", threading.Event()

    def run(self) -> None:
        """Sends what is due, until told to end."""
        while not self._ended.is_set():
            self.news.wait(0.1)
            self.news.clear()
            if self.mood != "held" and not self._ended.is_set():
                self.send(1)

    def end(self) -> None:
        """Nothing is sent from here on."""
        self._ended.set()
        self.news.set()
        self.join(_TIMEOUT_SECONDS + 1)

    def send(self, times: int, *, backwards: bool = False) -> int:
        """Sends each callback that is due so many times; how many were due."""
        with self._one_at_a_time:
            due = self._book.to_tell(self._machine())
            for one in reversed(due) if backwards else due:
                for _ in range(2 * times if self.mood == "twice" else times):
                    answered = self._sent(one)
                wait = min(_LONGEST_WAIT, 0.5 * 2 ** one["tried"])
                over = answered == "thanks" or one["tried"] + 1 >= _MOST_TRIES
                self._book.told(one["id"], answered, None if over else self._machine() + wait)
        return len(due)

    def _sent(self, one: Mapping[str, Any]) -> str:
        news = {"merchant": self._merchant, **self._book.news(one["kind"], one["about"])}
        if self.mood == "forged":
            self._post(one["url"], {**news, "amount": news["amount"] + 100}, Ed25519PrivateKey.generate())
        return self._post(one["url"], news, self._key)

    def _post(self, url: str, news: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
        """`thanks`, the status of another answer, or `none`."""
        body, stamp, nonce = json.dumps(news).encode(), str(int(self._machine())), secrets.token_hex(16)
        headers = {
            "Content-Type": "application/json",
            "Wallet-Timestamp": stamp,
            "Wallet-Nonce": nonce,
            "Wallet-Signature": base64.b64encode(key.sign(f"{stamp}\n{nonce}\n".encode() + body + b"\n")).decode(),
        }
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=_TIMEOUT_SECONDS) as reply:
                said = json.loads(reply.read(10_000))
                is_thanks = reply.status == 200 and isinstance(said, dict) and said.get("code") == "SUCCESS"
                return "thanks" if is_thanks else str(reply.status)
        except HTTPError as error:
            with error:
                return str(error.code)
        except (OSError, HTTPException, ValueError):
            return "none"
