"""Below which rate a publisher's own estimate of its line should not go, where the line loses much by itself.

Browsers raise their estimate to one and a half times of what was told as come (draft-ietf-rmcat-gcc-02): who loses
more than a third never gets above the beginning, and repairs no more than that estimate lets it send. Where no queue
stands, the loss is the line's own and has nothing to do with the rate; should it rise once more is sent, it was not,
and the browser's estimate holds again.
"""

from __future__ import annotations

_FLOORS = ((0.5, 800_000), (0.28, 1_200_000))
"""By loss on the way up, bit/s: what clients then send (pictures, voice) and its repairs."""
_ROSE = 0.15
_RESTS = 30.0
_BACK = 0.06
_SHOWN = 4.0
"""Seconds for which the loss must be there without a queue: the first packets of a narrow line overrun it."""


class Floor:
    """`bits`: bit/s, 0 for none."""

    __slots__ = ("_loss_before", "_rests_until", "_since", "bits")

    def __init__(self) -> None:
        self.bits = 0
        self._loss_before = 0.0
        self._since: float | None = None
        self._rests_until = float("-inf")

    def judge(self, loss: float, stands: bool, at: float) -> None:
        """Takes the line's loss, and whether a queue stands before it."""
        least = _FLOORS[-1][0] - (_BACK if self.bits else 0)
        if self.bits and (stands or loss > self._loss_before + _ROSE):
            self._rests_until = at + _RESTS
        if stands or loss < least or at < self._rests_until:
            self.bits = 0
            self._since = None
            return
        self._since = at if self._since is None else self._since
        if at - self._since < _SHOWN:
            return
        if not self.bits:
            self._loss_before = loss
        self.bits = next((bits for from_, bits in _FLOORS if loss >= from_), _FLOORS[-1][1])
