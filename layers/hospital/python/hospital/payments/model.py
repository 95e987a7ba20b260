"""An order: something to be paid for, with its payments and refunds: pure.

Each act returns the order as it is then, and the movements that the book takes in the same transaction. What channels
say may come twice, late and in any order; the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from hospital import ids
from hospital.payments.book import HELD, REFUNDS_DUE, Cause, Movement, channel_account, revenue_account
from hospital.payments.errors import MoreThanLeft, OrderMovedOn, PaymentDisputed, PaymentUnknown, TooManyTries
from hospital.records import Record

State = Literal["unpaid", "held", "captured", "refunded", "expired", "cancelled"]
"""held: paid, and on "held for patients". captured: earned. refunded: all of it is back, or on its way."""
Act = Literal["pay", "capture", "refund_all", "expire", "cancel"]
Reason = Literal["refused", "expired", "cancelled", "asked", "late", "twice", "other_amount"]
"""Why money goes back; the last three go back by themselves: it came after the end, once more, or was another sum."""

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("unpaid", "pay"): "held",
    ("unpaid", "expire"): "expired",
    ("unpaid", "cancel"): "cancelled",
    ("held", "capture"): "captured",
    ("held", "refund_all"): "refunded",
    ("captured", "refund_all"): "refunded",
}
MOST_PAYMENTS = 20
Moved = tuple[Movement, ...]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    def having(self, **changes: object) -> Self:
        """A copy with `changes`."""
        return self.model_copy(update=changes)


class Payment(_Part):
    """One try to pay, by one channel. `number` is what the channel knows it by."""

    number: str
    channel: str
    amount_fen: int
    state: Literal["asked", "paid", "closed"] = "asked"
    asked_at: datetime
    paid_at: datetime | None = None
    transaction_id: str = ""


class Refund(_Part):
    """Money of one payment that goes back. refused: the channel does not return it, and a person has to."""

    number: str
    payment: str
    amount_fen: int
    reason: Reason
    state: Literal["asked", "done", "refused"] = "asked"
    said: str = ""
    asked_at: datetime
    done_at: datetime | None = None
    refund_id: str = ""


P = TypeVar("P", Payment, Refund)


class Order(Record):
    """What `person_id` owes `organisation_id` for one thing (`for_type`, `for_id`). Amounts are fen; `movements` counts
    the lines of the book. `payment` names the one that settled it: others that came are surplus, and go back."""

    organisation_id: str
    person_id: str
    for_type: str
    for_id: str
    title: str
    amount_fen: int
    state: State = "unpaid"
    ordered_at: datetime
    pay_by: datetime
    payment: str = ""
    refunded_fen: int = 0
    ended_at: datetime | None = None
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    movements: int = 0

    # -- how it stands --------------------------------------------------------------------------------------------

    def as_of(self, now: datetime) -> Self:
        """The order as it stands at `now`: past its time it has expired, whether or not anybody wrote that down."""
        return self.expire() if self.state == "unpaid" and now >= self.pay_by else self

    @property
    def left_fen(self) -> int:
        """Of what settled it, that which was not refunded."""
        return self.amount_fen - self.refunded_fen if self.payment else 0

    @property
    def to_close(self) -> tuple[Payment, ...]:
        """Payments that a channel may still take though nobody wants them any more."""
        return () if self.state == "unpaid" else tuple(one for one in self.payments if one.state == "asked")

    # -- payments -------------------------------------------------------------------------------------------------

    def ask(self, channel: str, now: datetime) -> Self:
        """The patient chose a channel: one more try, which a second tap finds again."""
        standing = self.as_of(now)
        if standing.state != "unpaid":
            raise OrderMovedOn(state=standing.state)
        if any(one.channel == channel and one.state == "asked" for one in self.payments):
            return self
        if len(self.payments) == MOST_PAYMENTS:
            raise TooManyTries
        asked = Payment(number=ids.new_id("pay"), channel=channel, amount_fen=self.amount_fen, asked_at=now)
        return self.having(payments=(*self.payments, asked))

    def paid(
        self, number: str, amount_fen: int, transaction_id: str, paid_at: datetime, now: datetime
    ) -> tuple[Self, Moved]:
        """A channel received money. What the order has no use for goes back at once.

        What was paid in time settles it also when that is heard late, as long as nobody wrote down its end.
        `PaymentUnknown`; `PaymentDisputed` when the channel says something else than before.
        """
        payment = _one(self.payments, number)
        if payment.state == "paid":
            if (payment.transaction_id, payment.amount_fen) != (transaction_id, amount_fen):
                raise PaymentDisputed(number=number)
            return self, ()
        received = payment.having(state="paid", amount_fen=amount_fen, transaction_id=transaction_id, paid_at=paid_at)
        after, moved = self.having(payments=_put(self.payments, received))._moves(
            "payment", channel_account(payment.channel), HELD, amount_fen, now
        )
        surplus = self._surplus(amount_fen, paid_at)
        if surplus is None:
            return after.having(state=after._next("pay"), payment=number), moved
        after, returning = after._gives_back(received, amount_fen, surplus, HELD, now)
        return after, (*moved, *returning)

    def closed(self, number: str) -> Self:
        """The channel takes no money for it any more; one that was paid is not closed."""
        payment = _one(self.payments, number)
        if payment.state != "asked":
            return self
        return self.having(payments=_put(self.payments, payment.having(state="closed")))

    def _surplus(self, amount_fen: int, paid_at: datetime) -> Reason | None:
        if self.state not in ("unpaid", "expired", "cancelled"):
            return "twice"
        if self.state != "unpaid" or paid_at >= self.pay_by:
            return "late"
        return None if amount_fen == self.amount_fen else "other_amount"

    # -- what becomes of it ---------------------------------------------------------------------------------------

    def capture(self, now: datetime) -> tuple[Self, Moved]:
        """It was earned."""
        after = self.having(state=self._next("capture"), ended_at=now)
        return after._moves("capture", HELD, revenue_account(self.organisation_id), self.left_fen, now)

    def expire(self) -> Self:
        """Nobody paid in time."""
        return self.having(state=self._next("expire"), ended_at=self.pay_by)

    def cancel(self, now: datetime) -> Self:
        """Nobody wants it any more, before it was paid."""
        return self.having(state=self._next("cancel"), ended_at=now)

    # -- refunds --------------------------------------------------------------------------------------------------

    def refund(self, amount_fen: int, reason: Reason, now: datetime) -> tuple[Self, Moved]:
        """It is decided that so much goes back. `MoreThanLeft`; `OrderMovedOn` when it was never paid, or is back."""
        if self.state not in ("held", "captured"):
            raise OrderMovedOn(state=self.state)
        if not 0 < amount_fen <= self.left_fen:
            raise MoreThanLeft(left_fen=self.left_fen)
        source = HELD if self.state == "held" else revenue_account(self.organisation_id)
        less = self.having(refunded_fen=self.refunded_fen + amount_fen)
        if less.left_fen == 0:
            less = less.having(state=self._next("refund_all"), ended_at=now)
        return less._gives_back(_one(self.payments, self.payment), amount_fen, reason, source, now)

    def returned(self, number: str, refund_id: str, done_at: datetime, now: datetime) -> tuple[Self, Moved]:
        """The channel gave it back; also what it had refused before, once a person has seen to it."""
        refund = _one(self.refunds, number)
        if refund.state == "done":
            if refund.refund_id != refund_id:
                raise PaymentDisputed(number=number)
            return self, ()
        done = refund.having(state="done", refund_id=refund_id, done_at=done_at, said="")
        channel = _one(self.payments, refund.payment).channel
        after = self.having(refunds=_put(self.refunds, done))
        return after._moves("return", REFUNDS_DUE, channel_account(channel), refund.amount_fen, now)

    def not_returned(self, number: str, said: str) -> Self:
        """The channel refuses to: the money stays due, and a person has to look."""
        refund = _one(self.refunds, number)
        if refund.state == "done":
            raise PaymentDisputed(number=number)
        return self.having(refunds=_put(self.refunds, refund.having(state="refused", said=said)))

    def _gives_back(
        self, payment: Payment, amount_fen: int, reason: Reason, source: str, now: datetime
    ) -> tuple[Self, Moved]:
        asked = Refund(
            number=ids.new_id("rfd"), payment=payment.number, amount_fen=amount_fen, reason=reason, asked_at=now
        )
        return self.having(refunds=(*self.refunds, asked))._moves("refund", source, REFUNDS_DUE, amount_fen, now)

    # -- the book -------------------------------------------------------------------------------------------------

    def _moves(self, cause: Cause, debit: str, credit: str, amount_fen: int, now: datetime) -> tuple[Self, Moved]:
        number = self.movements + 1
        line = Movement(
            order_id=self.id, number=number, cause=cause, debit=debit, credit=credit, amount_fen=amount_fen, at=now
        )
        return self.having(movements=number), (line,)

    def _next(self, act: Act) -> State:
        following = TRANSITIONS.get((self.state, act))
        if following is None:
            raise OrderMovedOn(state=self.state)
        return following


def _one(parts: tuple[P, ...], number: str) -> P:
    found = next((one for one in parts if one.number == number), None)
    if found is None:
        raise PaymentUnknown
    return found


def _put(parts: tuple[P, ...], now: P) -> tuple[P, ...]:
    return tuple(now if one.number == now.number else one for one in parts)
