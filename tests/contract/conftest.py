"""The journeys' hospital."""

from __future__ import annotations

from tests.journeys.conftest import hospital

__all__ = ["hospital"]
