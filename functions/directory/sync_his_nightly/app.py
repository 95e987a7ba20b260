"""The schedule's handler."""

from __future__ import annotations

from typing import Any

from directory.sync_his_nightly.use_case import sync_all
from hospital import clock
from hospital.caller import system
from hospital.observability import say


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Begin a run for each organisation; what runs already goes on."""
    started = sync_all(by=system("sync_his_nightly"), now=clock.now())
    say("runs against the HIS were begun", count=started)
    return {"started": started}
