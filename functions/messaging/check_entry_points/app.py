"""The schedule's handler."""

from __future__ import annotations

from typing import Any

from hospital import clock
from messaging.check_entry_points.use_case import check_entry_points


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """How many addresses answer, and how many do not."""
    return dict(check_entry_points(clock.now()))
