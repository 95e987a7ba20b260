"""One running hospital for each module of journeys."""

from __future__ import annotations

from tests.journeys.hospital import hospital

__all__ = ["hospital"]
