"""Orders, their payments and refunds: every act in every state, what channels say twice, and a walk that balances."""

from __future__ import annotations

import itertools
import random
import typing
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from hospital.payments.book import HELD, REFUNDS_DUE, Movement, balances
from hospital.payments.errors import MoreThanLeft, OrderMovedOn, PaymentDisputed, PaymentUnknown, TooManyTries
from hospital.payments.model import MOST_PAYMENTS, TRANSITIONS, Act, Order, State
from tests.builders.moments import START

pytestmark = pytest.mark.unit

STATES: tuple[State, ...] = typing.get_args(State)
ACTS: tuple[Act, ...] = typing.get_args(Act)
PRICE = 3_000
IN_TIME, TOO_LATE = START + timedelta(minutes=5), START + timedelta(minutes=31)
REVENUE, WALLET = "revenue/org_1", "channel/wallet"
# Written by hand, beside the table that the model holds.
EXPECTED: dict[tuple[State, Act], State] = {
    ("unpaid", "pay"): "held",
    ("unpaid", "expire"): "expired",
    ("unpaid", "cancel"): "cancelled",
    ("held", "capture"): "captured",
    ("held", "refund_all"): "refunded",
    ("captured", "refund_all"): "refunded",
}


class Told:
    """An order with all lines of its book so far."""

    def __init__(self) -> None:
        self.order = Order(
            id="ord_1",
            organisation_id="org_1",
            person_id="per_1",
            for_type="visit",
            for_id="vis_1",
            title="图文问诊",
            amount_fen=PRICE,
            ordered_at=START,
            pay_by=START + timedelta(minutes=30),
        )
        self.book: list[Movement] = []

    def takes(self, after: Order | tuple[Order, tuple[Movement, ...]]) -> Told:
        self.order, moved = after if isinstance(after, tuple) else (after, ())
        self.book += moved
        return self

    def asks(self, channel: str = "wallet") -> str:
        self.takes(self.order.ask(channel, IN_TIME))
        return next(one.number for one in self.order.payments if one.channel == channel and one.state == "asked")

    def pays(self, *, channel: str = "wallet", amount: int = PRICE, at: datetime = IN_TIME, said: str = "t-1") -> Told:
        number = self.asks(channel)
        return self.takes(self.order.paid(number, amount, said, at, at))

    def in_state(self, state: State) -> Told:
        if state == "expired":
            self.takes(self.order.expire())
        elif state == "cancelled":
            self.takes(self.order.cancel(IN_TIME))
        elif state != "unpaid":
            self.pays()
            if state == "captured":
                self.takes(self.order.capture(IN_TIME))
            if state == "refunded":
                self.takes(self.order.refund(PRICE, "refused", IN_TIME))
        assert self.order.state == state
        return self


def act_on(told: Told, act: Act) -> None:
    order = told.order
    if act == "pay":
        told.pays()
    elif act == "refund_all":
        told.takes(order.refund(PRICE, "asked", IN_TIME))
    else:
        told.takes(
            {"capture": lambda: order.capture(IN_TIME), "cancel": lambda: order.cancel(IN_TIME)}.get(
                act, order.expire
            )()
        )


def test_the_table_is_the_one_that_was_agreed():
    assert EXPECTED == TRANSITIONS


@pytest.mark.parametrize(("state", "act"), list(itertools.product(STATES, ACTS)))
def test_every_act_in_every_state_either_moves_it_or_is_refused(state: State, act: Act):
    told = Told().in_state(state)
    if (state, act) in EXPECTED:
        act_on(told, act)
        assert told.order.state == EXPECTED[state, act]
    else:
        with pytest.raises(OrderMovedOn) as refusal:
            act_on(told, act)
        assert refusal.value.facts == {"state": state}


def test_money_is_the_patients_until_it_is_earned_and_comes_back_in_parts():
    told = Told().pays()
    assert balances(told.book) == {WALLET: PRICE, HELD: -PRICE}
    told.takes(told.order.refund(1_000, "asked", IN_TIME))
    assert balances(told.book) == {WALLET: PRICE, HELD: -2_000, REFUNDS_DUE: -1_000}
    told.takes(told.order.capture(IN_TIME))
    assert balances(told.book) == {WALLET: PRICE, REVENUE: -2_000, REFUNDS_DUE: -1_000}
    told.takes(told.order.returned(told.order.refunds[0].number, "r-1", IN_TIME, IN_TIME))
    assert balances(told.book) == {WALLET: 2_000, REVENUE: -2_000}
    with pytest.raises(MoreThanLeft) as refusal:
        told.order.refund(2_001, "asked", IN_TIME)
    assert refusal.value.facts == {"left_fen": 2_000}
    told.takes(told.order.refund(2_000, "asked", IN_TIME))
    assert (told.order.state, told.order.left_fen, balances(told.book)[REFUNDS_DUE]) == ("refunded", 0, -2_000)
    assert [line.number for line in told.book] == list(range(1, told.order.movements + 1))


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_cannot_be_refunded(amount: int):
    with pytest.raises(MoreThanLeft):
        Told().pays().order.refund(amount, "asked", IN_TIME)


def test_what_a_channel_says_again_changes_nothing_and_what_it_says_otherwise_is_disputed():
    told = Told().pays()
    number, before = told.order.payment, told.order
    assert before.paid(number, PRICE, "t-1", IN_TIME, TOO_LATE) == (before, ())
    for amount, said in ((PRICE, "t-2"), (PRICE - 1, "t-1")):
        with pytest.raises(PaymentDisputed):
            before.paid(number, amount, said, IN_TIME, IN_TIME)
    told.takes(before.refund(PRICE, "refused", IN_TIME))
    refund = told.order.refunds[0].number
    told.takes(told.order.returned(refund, "r-1", IN_TIME, IN_TIME))
    assert told.order.returned(refund, "r-1", IN_TIME, TOO_LATE) == (told.order, ())
    with pytest.raises(PaymentDisputed):
        told.order.returned(refund, "r-2", IN_TIME, IN_TIME)
    with pytest.raises(PaymentDisputed):
        told.order.not_returned(refund, "no")
    for unknown in (lambda: before.paid("pay_other", PRICE, "t", IN_TIME, IN_TIME), lambda: before.closed("pay_other")):
        with pytest.raises(PaymentUnknown):
            unknown()


def test_money_that_comes_too_late_twice_or_as_another_sum_goes_back_by_itself():
    late = Told()
    number = late.asks()
    late.takes(late.order.expire()).takes(late.order.paid(number, PRICE, "t-1", TOO_LATE, TOO_LATE))
    assert late.order.state == "expired"
    twice = Told()
    first, second = twice.asks("wallet"), twice.asks("wechat")
    twice.takes(twice.order.paid(first, PRICE, "t-1", IN_TIME, IN_TIME))
    assert [one.number for one in twice.order.to_close] == [second]
    twice.takes(twice.order.paid(second, PRICE, "t-2", IN_TIME, IN_TIME))
    assert (twice.order.state, twice.order.payment) == ("held", first)
    other = Told().pays(amount=PRICE - 1)
    assert other.order.state == "unpaid"
    for told, reason, amount in ((late, "late", PRICE), (twice, "twice", PRICE), (other, "other_amount", PRICE - 1)):
        (refund,) = told.order.refunds
        assert (refund.reason, refund.amount_fen) == (reason, amount)
        assert balances(told.book)[REFUNDS_DUE] == -amount
    assert other.pays(said="t-9").order.state == "held", "the right sum may still come"


def test_what_was_paid_in_time_counts_also_when_it_is_heard_late():
    told = Told()
    number = told.asks()
    assert told.order.as_of(TOO_LATE).state == "expired"
    told.takes(told.order.paid(number, PRICE, "t-1", IN_TIME, TOO_LATE))
    assert told.order.state == "held"


def test_a_second_tap_finds_the_same_payment_and_tries_have_an_end():
    told = Told()
    assert told.asks() == told.asks()
    for _ in range(MOST_PAYMENTS):
        number = told.asks()
        told.takes(told.order.closed(number))
    with pytest.raises(TooManyTries):
        told.order.ask("wallet", IN_TIME)
    with pytest.raises(OrderMovedOn) as refusal:
        Told().order.ask("wallet", TOO_LATE)
    assert refusal.value.facts == {"state": "expired"}


def test_what_a_channel_does_not_return_stays_due_until_a_person_saw_to_it():
    told = Told().pays()
    told.takes(told.order.refund(PRICE, "refused", IN_TIME))
    number = told.order.refunds[0].number
    told.takes(told.order.not_returned(number, "账户已注销"))
    assert (told.order.refunds[0].state, balances(told.book)) == ("refused", {WALLET: PRICE, REFUNDS_DUE: -PRICE})
    told.takes(told.order.returned(number, "by-hand", IN_TIME, IN_TIME))
    assert balances(told.book) == {}


def meant(order: Order) -> dict[str, int]:
    """What the book has to say by the order's own figures."""
    paid = {one.number: one for one in order.payments if one.state == "paid"}
    found: dict[str, int] = {}
    for payment in paid.values():
        account = f"channel/{payment.channel}"
        back = sum(one.amount_fen for one in order.refunds if one.payment == payment.number and one.state == "done")
        found[account] = found.get(account, 0) + payment.amount_fen - back
    due = sum(one.amount_fen for one in order.refunds if one.state != "done")
    kept = {"held": HELD, "captured": REVENUE}.get(order.state)
    found |= {REFUNDS_DUE: -due} | ({kept: -order.left_fen} if kept else {})
    return {account: amount for account, amount in found.items() if amount}


@pytest.mark.parametrize("seed", range(20))
def test_in_every_state_that_can_be_reached_the_money_is_where_the_order_says(seed: int):
    """A thousand random acts each, by orders of channels that repeat themselves, come late and name other sums."""
    dice = random.Random(seed)
    for _ in range(50):
        told, now = Told(), IN_TIME
        for _ in range(20):
            now += timedelta(minutes=dice.choice((0, 1, 20)))
            walk(told, dice, now)
            assert sum(balances(told.book).values()) == 0
            assert balances(told.book) == meant(told.order)
        for refund in told.order.refunds:
            told.takes(told.order.returned(refund.number, refund.refund_id or "r", now, now))
        assert REFUNDS_DUE not in balances(told.book), "nothing is stuck on its way back"


def walk(told: Told, dice: random.Random, now: datetime) -> None:
    """One act, whether or not it can be done."""
    order = told.order
    payment = dice.choice(order.payments).number if order.payments else "pay_none"
    refund = dice.choice(order.refunds).number if order.refunds else "rfd_none"
    amount = dice.choice((PRICE, PRICE, PRICE, 1, PRICE + 500))
    acts: list[Callable[[], Order | tuple[Order, tuple[Movement, ...]]]] = [
        lambda: order.ask(dice.choice(("wallet", "wechat")), now),
        lambda: order.paid(payment, amount, f"t-{payment}", now - timedelta(minutes=dice.choice((0, 30))), now),
        lambda: order.closed(payment),
        lambda: order.capture(now),
        lambda: order.as_of(now),
        lambda: order.cancel(now),
        lambda: order.refund(dice.choice((1, 700, max(order.left_fen, 1))), "asked", now),
        lambda: order.returned(refund, f"r-{refund}", now, now),
        lambda: order.not_returned(refund, "away"),
    ]
    with suppress(OrderMovedOn, MoreThanLeft, PaymentDisputed, PaymentUnknown, TooManyTries):
        told.takes(dice.choice(acts)())
