"""The schedule's handler."""

from __future__ import annotations

from typing import Any

from hospital import clock
from hospital.due import sweep
from hospital.observability import say


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Report what is due now."""
    found = sweep(clock.now())
    say("the due-list was swept", count=found)
    return {"reported": found}
