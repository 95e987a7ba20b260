"""The schedule's handler."""

from __future__ import annotations

from typing import Any

from adapters.fleet import fleet
from calling.keep_fleet.use_case import keep_fleet
from hospital import clock, settings


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """What was decided, in numbers."""
    return keep_fleet(fleet(), least=settings.current().least_relays, now=clock.now())
