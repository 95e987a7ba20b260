"""What every channel is held to: one that does not answer is left alone for a while, and its answers are about what was
asked."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.payment.port import Asked, Opened, PaymentChannel, RefundSeen, Seen
from hospital.breaker import Breaker
from hospital.errors import Unavailable

_RESTING = Breaker("payment")


class GuardedChannel:
    """A `PaymentChannel` before another one. `whom` names it for the breaker."""

    def __init__(self, behind: PaymentChannel, whom: str) -> None:
        self._behind, self._whom = behind, whom

    def open(self, asked: Asked) -> Opened:
        """See `PaymentChannel`."""
        with _RESTING.through(self._whom):
            return self._behind.open(asked)

    def look(self, number: str) -> Seen:
        """See `PaymentChannel`."""
        with _RESTING.through(self._whom):
            seen = self._behind.look(number)
            self._is_about(seen.number == number)
            return seen

    def close(self, number: str) -> None:
        """See `PaymentChannel`."""
        with _RESTING.through(self._whom):
            self._behind.close(number)

    def refund(
        self, number: str, refund_number: str, amount: int, total: int, reason: str, notify_url: str
    ) -> RefundSeen:
        """See `PaymentChannel`."""
        with _RESTING.through(self._whom):
            seen = self._behind.refund(number, refund_number, amount, total, reason, notify_url)
            self._is_about((seen.number, seen.refund_number, seen.amount) == (number, refund_number, amount))
            return seen

    def look_refund(self, refund_number: str) -> RefundSeen:
        """See `PaymentChannel`."""
        with _RESTING.through(self._whom):
            seen = self._behind.look_refund(refund_number)
            self._is_about(seen.refund_number == refund_number)
            return seen

    def heard(self, headers: Mapping[str, str], body: bytes) -> Seen | RefundSeen:
        """See `PaymentChannel`."""
        return self._behind.heard(headers, body)

    def thanks(self) -> bytes:
        """See `PaymentChannel`."""
        return self._behind.thanks()

    def _is_about(self, same: bool) -> None:
        if not same:
            raise Unavailable(adapter=self._whom, reason="another_answer")
