"""The journeys' hospital."""

from __future__ import annotations

from tests.journeys.conftest import founded, hospital

__all__ = ["founded", "hospital"]
