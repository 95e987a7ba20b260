"""A clock that stands until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


class Time:
    """The present moment of a test. It passes only when the test says so."""

    def __init__(self, moment: datetime = START) -> None:
        self.now = moment

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> datetime:
        """Time goes on by `timedelta(**span)`; the moment after it."""
        self.now += timedelta(**span)
        return self.now
