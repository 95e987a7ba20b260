"""ClientRequestToken of TransactWriteItems: the same request twice within ten minutes is carried out once."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from typing import Any

from .database import Database

WINDOW_SECONDS = 600
SWEEP_EVERY = 500
"""Tokens past the window are deleted once per so many new ones: boto3 sends one with every transaction."""


class RequestTokens:
    """Tokens are written in the commit of their transaction, so that neither exists without the other."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._kept_since_sweep = 0

    def digest_before(self, token: str) -> str | None:
        """The digest of the request that this token was committed with, or None if it is new or past the window."""
        since = self._clock() - WINDOW_SECONDS
        rows = self._database.rows("SELECT digest FROM tokens WHERE token=? AND at>?", (token, since))
        return str(rows[0][0]) if rows else None

    def keep(self, connection: sqlite3.Connection, token: str, digest: str) -> None:
        """Writes a token within the caller's transaction."""
        now = self._clock()
        connection.execute("INSERT OR REPLACE INTO tokens VALUES(?,?,?)", (token, digest, now))
        self._kept_since_sweep += 1
        if self._kept_since_sweep >= SWEEP_EVERY:
            self._kept_since_sweep = 0
            connection.execute("DELETE FROM tokens WHERE at<=?", (now - WINDOW_SECONDS,))


def digest_of(transact_items: Any) -> str:
    """A digest of a transaction's content; the order of attributes does not matter, that of items does."""
    text = json.dumps(transact_items, sort_keys=True, default=_text)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
