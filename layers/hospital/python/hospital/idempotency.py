"""A client-chosen key for one wish of its user: sent again, it gets the first answer again and nothing happens twice.

Key, hash of the body and answer commit in the `Work` that did it. The row belongs to the caller and the route. Hash
and answer are sealed: they may hold clinical text, and a short one is guessed from a bare hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from hospital import clock
from hospital.caller import Caller, Intent
from hospital.errors import Conflict, Invalid
from hospital.records import Item, Key, from_attributes, to_attributes
from hospital.table import Table

KEEP = timedelta(hours=24)
_KEY = re.compile(r"^[A-Za-z0-9_-]{8,64}$")


class KeyMalformed(Invalid):
    """The idempotency key is not 8 to 64 letters, digits, `_` or `-`."""

    code = "request.idempotency_key_malformed"


class KeyReused(Conflict):
    """The key was used before, for another request."""

    code = "request.idempotency_key_reused"


def intent_of(key: str, asked: str, body: str) -> Intent:
    """What a request's header and body say. `asked` (route and path parameters) is part of the hash: a key that
    accepted one visit does not answer for another."""
    if not _KEY.fullmatch(key):
        raise KeyMalformed
    return Intent(key=key, body_hash=hashlib.sha256(f"{asked}\n{body}".encode()).hexdigest())


def earlier_answer(by: Caller, intent: Intent) -> dict[str, Any] | None:
    """The answer this wish got before, if it was done; raises `KeyReused` when the key stood for something else."""
    table = Table("requests")
    key = answer_key(by, intent)
    item = table.read(key)
    if item is None:
        return None
    row = from_attributes(item)
    if row["expires_on"] <= clock.epoch(clock.now()):
        return None
    if table.keyring.open(row["body_hash"], _place(key, "body_hash")) != intent.body_hash:
        raise KeyReused
    answer: dict[str, Any] = json.loads(table.keyring.open(row["answer"], _place(key, "answer")))
    return answer


def answer_key(by: Caller, intent: Intent) -> Key:
    """Where the answer to this wish of this caller is kept."""
    return Key(f"INTENT#{by.person_id}#{intent.key}", "ANSWER")


def answer_item(by: Caller, intent: Intent, answer: BaseModel) -> Item:
    """The row that keeps it."""
    keyring, key = Table("requests").keyring, answer_key(by, intent)
    return to_attributes(
        {
            "row": "answer",
            "body_hash": keyring.seal(intent.body_hash, _place(key, "body_hash")),
            "answer": keyring.seal(answer.model_dump_json(), _place(key, "answer")),
            "expires_on": clock.epoch(clock.now() + KEEP),
        }
    )


def answer_is_free() -> Condition:
    """Under this condition the row may be written: nothing is there, or something past its time."""
    free: Condition = Path("pk").does_not_exist() | (Path("expires_on") <= clock.epoch(clock.now()))
    return free


def _place(key: Key, field: str) -> str:
    return f"{key.pk}/{field}"
