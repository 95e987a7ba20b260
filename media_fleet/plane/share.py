"""A share of late: sums that fade, so that few packets weigh little and what was long ago is forgotten."""

from __future__ import annotations


class Share:
    """`value` 0..1 of about the last `window` packets, None before the first."""

    __slots__ = ("_of", "_part", "_window")

    def __init__(self, window: int = 300) -> None:
        self._window = window
        self._part = self._of = 0.0

    def add(self, part: int, of: int) -> None:
        """So many of so many more; fewer than none where what was counted before came after all."""
        if of <= 0:
            return
        keeps = max(0.0, 1 - of / self._window)
        self._part = keeps * self._part + part
        self._of = keeps * self._of + of

    @property
    def value(self) -> float | None:
        """The share, None while nothing was counted."""
        return min(1.0, max(0.0, self._part / self._of)) if self._of else None
