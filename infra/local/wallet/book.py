"""What the wallet keeps: a SQLite file, one writer at a time. Every movement of money is a transfer of entries that
add up to nothing; a balance is the sum of an account's entries."""

from __future__ import annotations

import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PEOPLE = {"张小满": 1_000_000, "李秀英": 500_000, "王建国": 200_000, "没有钱的人": 100}
"""Who has a wallet, and what is in it at first, in fen."""
MERCHANT = "merchant"
_WORLD = "world"
_ORDER = ("number", "state", "amount", "transaction_id", "paid_at")
_REFUND = ("number", "refund_number", "state", "amount", "refund_id", "done_at", "reason")


class Refused(Exception):
    """What the wallet does not do; `code` says why, as the adapter knows it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Book:
    """`clock` tells the seconds since 1970 by which orders end. What was answered survives a kill."""

    def __init__(self, path: Path | str, clock: Callable[[], float]) -> None:
        self._lock, self._clock = threading.RLock(), clock
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(
            """
            PRAGMA journal_mode=WAL;
            PRAGMA synchronous=FULL;
            CREATE TABLE IF NOT EXISTS entries(transfer TEXT, account TEXT, amount INTEGER);
            CREATE INDEX IF NOT EXISTS by_account ON entries(account);
            CREATE TABLE IF NOT EXISTS orders(number TEXT PRIMARY KEY, token TEXT UNIQUE, amount INTEGER,
                description TEXT, ends REAL, notify_url TEXT, returns_to TEXT, state TEXT, transaction_id TEXT,
                paid_at TEXT, payer TEXT);
            CREATE TABLE IF NOT EXISTS refunds(refund_number TEXT PRIMARY KEY, number TEXT, amount INTEGER,
                reason TEXT, notify_url TEXT, state TEXT, refund_id TEXT, done_at TEXT);
            CREATE TABLE IF NOT EXISTS callbacks(id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, about TEXT,
                url TEXT, due REAL, tried INTEGER, answered TEXT, done INTEGER);
            CREATE TABLE IF NOT EXISTS keys(name TEXT PRIMARY KEY, value TEXT);
            """
        )
        with self._change():
            for name, amount in PEOPLE.items():
                if not self._one("SELECT 1 FROM entries WHERE account=?", name):
                    self._transfer(f"first-{name}", _WORLD, name, amount)

    def close(self) -> None:
        """Gives the file up."""
        with self._lock:
            self._connection.close()

    # -- money ----------------------------------------------------------------------------------------------------

    def balance(self, account: str) -> int:
        """In fen."""
        return int(self._one("SELECT COALESCE(SUM(amount), 0) FROM entries WHERE account=?", account)[0])

    def balances(self) -> dict[str, int]:
        """Of all accounts; they add up to nothing."""
        rows = self._all("SELECT account, SUM(amount) FROM entries GROUP BY account ORDER BY account")
        return {row[0]: int(row[1]) for row in rows}

    def unbalanced(self) -> list[str]:
        """Transfers whose entries do not add up to nothing: none, ever."""
        return [row[0] for row in self._all("SELECT transfer FROM entries GROUP BY transfer HAVING SUM(amount)<>0")]

    def _transfer(self, transfer: str, giver: str, taker: str, amount: int) -> None:
        for account, change in ((giver, -amount), (taker, amount)):
            self._connection.execute("INSERT INTO entries VALUES(?,?,?)", (transfer, account, change))

    # -- orders ---------------------------------------------------------------------------------------------------

    def open(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """An order with its `token`; the same one for the same facts. `Refused` (paid, closed, number_used)."""
        number, amount, text = str(asked["number"]), asked["amount"], str(asked["description"])
        if not isinstance(amount, int) or amount <= 0 or not isinstance(asked["seconds"], int):
            raise ValueError("amount")
        with self._change():
            found = self._order(number)
            if found is not None:
                if (found["amount"], found["description"]) != (amount, text):
                    raise Refused("number_used")
                if found["state"] != "open":
                    raise Refused(found["state"])
                return found
            ends = self._clock() + asked["seconds"]
            token, urls = secrets.token_urlsafe(18), (str(asked["notify_url"]), str(asked.get("returns_to") or ""))
            self._connection.execute(
                "INSERT INTO orders VALUES(?,?,?,?,?,?,?,?,?,?,?)",
                (number, token, amount, text, ends, *urls, "open", "", "", ""),
            )
            return dict(self._order(number) or {})

    def order(self, number: str) -> dict[str, Any] | None:
        """As callers see it."""
        with self._lock:
            found = self._order(number)
        return {field: found[field] for field in _ORDER} if found else None

    def order_of(self, token: str) -> dict[str, Any] | None:
        """All of it, for the page."""
        found = self._one("SELECT number FROM orders WHERE token=?", token)
        return self._order(found[0]) if found else None

    def shut(self, number: str) -> dict[str, Any] | None:
        """Nobody pays it from here on. `Refused` (paid)."""
        with self._change():
            found = self._order(number)
            if found is None:
                return None
            if found["state"] == "paid":
                raise Refused("paid")
            self._connection.execute("UPDATE orders SET state='closed' WHERE number=?", (number,))
        return self.order(number)

    def pay(self, token: str, payer: str) -> dict[str, Any]:
        """Somebody pays, once; told to the hospital by a callback. `Refused` (closed, not_enough, unknown)."""
        with self._change():
            found = self.order_of(token)
            if found is None or payer not in PEOPLE:
                raise Refused("unknown")
            if found["state"] == "paid":
                return found
            if found["state"] == "closed":
                raise Refused("closed")
            if self.balance(payer) < found["amount"]:
                raise Refused("not_enough")
            transaction = f"42{secrets.randbelow(10**26):026d}"
            self._transfer(transaction, payer, MERCHANT, found["amount"])
            self._connection.execute(
                "UPDATE orders SET state='paid', transaction_id=?, paid_at=?, payer=? WHERE number=?",
                (transaction, self._now(), payer, found["number"]),
            )
            self._tell("payment", found["number"], found["notify_url"])
        return dict(self.order_of(token) or {})

    def _order(self, number: str) -> dict[str, Any] | None:
        row = self._one("SELECT * FROM orders WHERE number=?", number)
        found = dict(row) if row else None
        if found and found["state"] == "open" and self._clock() >= found["ends"]:
            found["state"] = "closed"
        return found

    # -- refunds --------------------------------------------------------------------------------------------------

    def give_back(self, asked: Mapping[str, Any], how: str) -> dict[str, Any]:
        """A refund, once under its number. `how`: done at once, waiting, or refused. `Refused` (unknown, not_paid,
        total_differs, too_much, number_used)."""
        number, refund_number, amount = str(asked["number"]), str(asked["refund_number"]), asked["amount"]
        if not isinstance(amount, int) or amount <= 0:
            raise ValueError("amount")
        with self._change():
            known, order = self.refund(refund_number), self._order(number)
            if known is not None:
                if (known["number"], known["amount"]) != (number, amount):
                    raise Refused("number_used")
                return known
            if order is None:
                raise Refused("unknown")
            if order["state"] != "paid":
                raise Refused("not_paid")
            if asked["total"] != order["amount"]:
                raise Refused("total_differs")
            going = "SELECT COALESCE(SUM(amount), 0) FROM refunds WHERE number=? AND state<>'refused'"
            if self._one(going, number)[0] + amount > order["amount"]:
                raise Refused("too_much")
            row = (str(asked["reason"]), str(asked["notify_url"]), "waiting", f"50{secrets.randbelow(10**26):026d}", "")
            self._connection.execute(
                "INSERT INTO refunds VALUES(?,?,?,?,?,?,?,?)", (refund_number, number, amount, *row)
            )
            if how != "waiting":
                self.settle(refund_number, how)
        return dict(self.refund(refund_number) or {})

    def settle(self, refund_number: str, how: str) -> None:
        """A waiting refund is `done` or `refused`, and the hospital told."""
        with self._change():
            row = self._one("SELECT * FROM refunds WHERE refund_number=? AND state='waiting'", refund_number)
            order = self._order(row["number"]) if row else None
            if row is None or order is None:
                raise Refused("unknown")
            if how == "done":
                self._transfer(row["refund_id"], MERCHANT, order["payer"], row["amount"])
            self._connection.execute(
                "UPDATE refunds SET state=?, done_at=?, reason=? WHERE refund_number=?",
                (how, self._now(), "account_closed" if how == "refused" else row["reason"], refund_number),
            )
            self._tell("refund", refund_number, row["notify_url"])

    def refund(self, refund_number: str) -> dict[str, Any] | None:
        """As callers see it."""
        row = self._one("SELECT * FROM refunds WHERE refund_number=?", refund_number)
        if row is None:
            return None
        found = {field: row[field] for field in _REFUND}
        return found if row["state"] == "refused" else {**found, "reason": ""}

    # -- callbacks ------------------------------------------------------------------------------------------------

    def _tell(self, kind: str, about: str, url: str) -> None:
        self._connection.execute(
            "INSERT INTO callbacks(kind, about, url, due, tried, answered, done) VALUES(?,?,?,0,0,'',0)",
            (kind, about, url),
        )

    def to_tell(self, machine: float) -> list[dict[str, Any]]:
        """Callbacks that are due by the machine's clock, oldest first."""
        return [dict(row) for row in self._all("SELECT * FROM callbacks WHERE done=0 AND due<=? ORDER BY id", machine)]

    def told(self, id_: int, answered: str, next_due: float | None) -> None:
        """A callback was sent; it is sent again at `next_due`, if at all."""
        with self._change():
            self._connection.execute(
                "UPDATE callbacks SET tried=tried+1, answered=?, due=COALESCE(?, due), done=? WHERE id=?",
                (answered, next_due, int(next_due is None), id_),
            )

    def news(self, kind: str, about: str) -> dict[str, Any]:
        """What a callback says: how the thing stands now."""
        found = self.refund(about) if kind == "refund" else self.order(about)
        return {"kind": kind, **(found or {})}

    # -- what the one who runs it sees ----------------------------------------------------------------------------

    def lately(self) -> dict[str, list[dict[str, Any]]]:
        """The newest orders, refunds and callbacks; no token by which one could pay."""
        orders = self._all("SELECT * FROM orders ORDER BY rowid DESC LIMIT 50")
        refunds = self._all("SELECT * FROM refunds ORDER BY rowid DESC LIMIT 50")
        callbacks = self._all("SELECT id, kind, about, tried, answered, done FROM callbacks ORDER BY id DESC LIMIT 50")
        shown = (*_ORDER, "description", "payer")
        return {
            "orders": [{name: (self._order(row["number"]) or {}).get(name) for name in shown} for row in orders],
            "refunds": [{name: row[name] for name in _REFUND} for row in refunds],
            "callbacks": [dict(row) for row in callbacks],
        }

    def kept(self, name: str, made: Callable[[], str]) -> str:
        """A key that is made once."""
        with self._change():
            row = self._one("SELECT value FROM keys WHERE name=?", name)
            if row is None:
                self._connection.execute("INSERT INTO keys VALUES(?,?)", (name, made()))
                row = self._one("SELECT value FROM keys WHERE name=?", name)
        return str(row[0])

    # -- SQLite ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _change(self) -> Iterator[None]:
        """All of it or nothing; within another one it is part of that."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _one(self, sql: str, *values: Any) -> Any:
        with self._lock:
            return self._connection.execute(sql, values).fetchone()

    def _all(self, sql: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def _now(self) -> str:
        return datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds")
