"""How much of something is let through: so much a second, and so much saved up."""

from __future__ import annotations


class Budget:
    """A bucket that fills by `rate` a second up to `most`. Times are seconds of one clock, passed in."""

    __slots__ = ("_at", "_left", "most", "rate")

    def __init__(self, rate: float, most: float, at: float) -> None:
        self.rate = rate
        self.most = most
        self._left = most
        self._at = at

    def has(self, amount: float, at: float) -> bool:
        """Whether there is enough."""
        if at > self._at:
            self._left = min(self.most, self._left + (at - self._at) * self.rate)
            self._at = at
        return self._left >= amount

    def take(self, amount: float, at: float) -> bool:
        """Whether there was enough; then it is gone."""
        if not self.has(amount, at):
            return False
        self._left -= amount
        return True
