"""The schedule's handler."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.observability import count, say
from hospital.seals.queueing import ask_for_seal
from hospital.seals.store import all_heads, oldest_waiting


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """One order for each chain in which lines wait; `audit_seal_lag_seconds` is the age of the oldest of all."""
    now = clock.now()
    waiting = {head.id: since for head in all_heads() if (since := oldest_waiting(head.id))}
    asked = [chain for chain in waiting if ask_for_seal(chain, now)]
    lag = max([0.0, *((now - since).total_seconds() for since in waiting.values())])
    count("audit_seal_lag_seconds", lag)
    say("seals were asked for", count=len(asked))
    return {"asked": len(asked), "lag_seconds": lag}
