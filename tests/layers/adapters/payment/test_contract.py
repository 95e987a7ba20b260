"""What every payment channel does, whatever it speaks."""

from __future__ import annotations

import importlib.util
from datetime import timedelta

import pytest

from adapters import payment
from adapters.payment import (
    AlreadyPaid,
    Asked,
    Forged,
    OpenRefused,
    OrderUnknown,
    PaymentChannel,
    RefundRefused,
    RefundSeen,
    Seen,
)
from hospital import settings
from hospital.errors import Unavailable
from tests.builders.cloud import Cloud
from tests.builders.moments import START, Time
from tests.layers.adapters.payment.conftest import Far, verbs_of

pytestmark = pytest.mark.store

WRONG = (
    {"number": "short"}, {"number": "n" * 33}, {"number": "order 1"}, {"number": "order/1"}, {"amount": 0},
    {"amount": -1}, {"description": ""}, {"description": "长" * 128}, {"way": "jsapi", "payer": None},
)  # fmt: skip


@pytest.mark.parametrize("way", ["page", "jsapi", "native"])
def test_each_way_opens_what_the_page_needs(far: Far, way: str):
    opened = far.channel.open(far.asked("order-1", way=way))
    given = {"page": opened.address, "jsapi": opened.client, "native": opened.code}
    assert [name for name, found in given.items() if found] == [way]
    assert far.channel.look("order-1") == Seen("order-1", "open")


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_what_no_channel_takes_is_not_asked(wrong: dict[str, object]):
    well = {
        "number": "order-1",
        "amount": 1,
        "description": "复诊",
        "expires_at": START,
        "notify_url": "",
        "payer_ip": "",
    }
    Asked(**well)
    with pytest.raises(ValueError):
        Asked(**{**well, **wrong})


def test_an_order_is_opened_again_with_the_same_facts_only(far: Far):
    far.channel.open(far.asked("order-1"))
    far.channel.open(far.asked("order-1"))
    with pytest.raises(OpenRefused) as refusal:
        far.channel.open(far.asked("order-1", amount=1233))
    assert refusal.value.facts["reason"] == "number_used"


def test_an_order_that_nobody_placed_is_unknown(far: Far):
    assert far.channel.look("order-9") == Seen("order-9", "unknown")
    assert far.channel.look_refund("refund-9") == RefundSeen("", "refund-9", "unknown")
    far.channel.close("order-9")
    assert far.channel.look("order-9").state == "unknown"


def test_what_is_paid_is_seen_and_told_alike(far: Far):
    far.paid("order-1", 1)
    seen = far.channel.look("order-1")
    assert (seen.state, seen.amount, seen.paid_at) == ("paid", 1, START)
    assert seen.transaction_id
    [callback] = far.told()
    assert far.channel.heard(callback.headers, callback.body) == seen
    lower = {name.lower(): value for name, value in callback.headers.items()}
    assert far.channel.heard(lower, callback.body) == seen
    far.party.tell()
    assert len(far.receiver.callbacks) == 1  # thanked for
    with pytest.raises(OpenRefused) as refusal:
        far.channel.open(far.asked("order-1", 1))
    assert refusal.value.facts["reason"] == "paid"


def test_what_is_not_thanked_for_is_told_again_and_says_the_same(far: Far):
    far.receiver.status = 500
    far.paid("order-1")
    far.told()
    far.receiver.status = 200
    far.time.passes(seconds=1)
    first, second = far.told(2)
    assert first.headers != second.headers
    heard = [far.channel.heard(one.headers, one.body) for one in (first, second, second)]
    assert heard[0] == heard[1] == heard[2]
    far.time.passes(minutes=1)
    far.party.tell()
    assert len(far.receiver.callbacks) == 2


@pytest.mark.parametrize(("minutes", "is_stale"), [(4.9, False), (5.1, True), (-4.9, False), (-5.1, True)])
def test_news_of_another_time_are_refused(far: Far, minutes: float, is_stale: bool):
    far.paid("order-1")
    [callback] = far.told()
    far.time.passes(minutes=minutes)
    if not is_stale:
        assert far.channel.heard(callback.headers, callback.body).state == "paid"
        return
    with pytest.raises(Forged) as refusal:
        far.channel.heard(callback.headers, callback.body)
    assert refusal.value.facts == {"reason": "stale"}


def test_what_the_channel_did_not_sign_is_forged(far: Far):
    far.paid("order-1")
    [callback] = far.told()
    assert Forged.code == "payment_channel.forged"
    signed = ("timestamp", "nonce", "signature", "serial")
    for name in [name for name in callback.headers if name.lower().endswith(signed)]:
        for value in (None, "", "0", "x" * 40, "签", callback.headers[name] + "0"):
            headers = {**callback.headers, name: value} if value is not None else dict(callback.headers)
            if value is None:
                del headers[name]
            with pytest.raises(Forged):
                far.channel.heard(headers, callback.body)
    for body in (b"", b"{}", b"\xff\xfe", callback.body + b" ", callback.body.replace(b"1", b"2", 1)):
        with pytest.raises(Forged):
            far.channel.heard(callback.headers, body)
    with pytest.raises(Forged):
        far.channel.heard({}, callback.body)


def test_news_for_another_merchant_are_none_of_ours(far: Far):
    far.paid("order-1")
    callback = far.party.news_of_another()
    with pytest.raises(Forged) as refusal:
        far.channel.heard(callback.headers, callback.body)
    assert refusal.value.facts == {"reason": "merchant"}


def test_a_closed_order_stays_closed_and_a_paid_one_is_not_closed(far: Far):
    far.channel.open(far.asked("order-1"))
    far.channel.close("order-1")
    far.channel.close("order-1")
    assert far.channel.look("order-1") == Seen("order-1", "closed")
    with pytest.raises(OpenRefused) as refusal:
        far.channel.open(far.asked("order-1"))
    assert refusal.value.facts["reason"] == "closed"
    far.paid("order-2")
    with pytest.raises(AlreadyPaid):
        far.channel.close("order-2")
    assert far.channel.look("order-2").state == "paid"


def test_an_order_ends_when_it_was_said_to_end(far: Far):
    far.channel.open(far.asked("order-1"))
    far.time.passes(minutes=30, seconds=-1)
    assert far.channel.look("order-1").state == "open"
    far.time.passes(seconds=1)
    assert far.channel.look("order-1").state == "closed"


def test_money_goes_back_in_parts_and_never_more_than_was_paid(far: Far):
    far.paid("order-1")
    first = far.refund("order-1", "refund-1", 234)
    assert (first.number, first.state, first.amount, first.done_at) == ("order-1", "done", 234, START)
    assert far.refund("order-1", "refund-1", 234) == first == far.channel.look_refund("refund-1")
    assert far.refund("order-1", "refund-2", 1000).refund_id != first.refund_id
    for number, amount, total in (("refund-3", 1, 1234), ("refund-3", 1235, 1234), ("refund-1", 235, 1234)):
        with pytest.raises(RefundRefused):
            far.refund("order-1", number, amount, total)
    assert far.channel.look_refund("refund-3").state == "unknown"
    assert far.channel.look("order-1").amount == 1234
    assert far.channel.look("order-1").state == "paid"


def test_what_was_not_paid_does_not_go_back(far: Far):
    far.channel.open(far.asked("order-1"))
    with pytest.raises(RefundRefused):
        far.refund("order-1", "refund-1", 1)
    with pytest.raises(OrderUnknown):
        far.refund("order-9", "refund-1", 1)
    far.paid("order-2")
    with pytest.raises(RefundRefused):
        far.refund("order-2", "refund-1", 1, total=1235)
    with pytest.raises(RefundRefused):
        far.refund("order-2", "refund-1", 1235, total=1235)


@pytest.mark.parametrize("how", ["done", "refused"])
def test_a_refund_that_takes_its_time_is_told_when_it_ends(far: Far, how: str):
    far.party.refunds_become("waiting")
    far.paid("order-1")
    far.told()
    waiting = far.refund("order-1", "refund-1", 1234)
    assert (waiting.state, waiting.done_at) == ("waiting", None)
    far.time.passes(seconds=2)
    far.party.settle("refund-1", how)
    told = far.told(2)[1]
    heard = far.channel.heard(told.headers, told.body)
    assert isinstance(heard, RefundSeen)
    assert heard == far.channel.look_refund("refund-1")
    assert (heard.state, heard.refund_id, bool(heard.reason)) == (how, waiting.refund_id, how == "refused")
    assert heard.done_at == (START + timedelta(seconds=2) if how == "done" else heard.done_at)


@pytest.mark.parametrize("mode", ["slow", "down", "busy", "garbage"])
def test_a_channel_that_does_not_answer_well_is_unavailable(far: Far, mode: str):
    far.paid("order-1")
    far.refund("order-1", "refund-1", 1)
    far.channel.open(far.asked("order-2"))
    far.party.meets(mode)
    for verb in verbs_of(far):
        with pytest.raises(Unavailable) as refusal:
            verb(far.hasty)
        assert refusal.value.facts["adapter"] in ("wallet", "wechat_pay")
        assert refusal.value.facts["reason"]


def test_an_answer_about_another_order_is_none(far: Far):
    far.paid("order-1")
    far.refund("order-1", "refund-1", 1)
    far.party.meets("other_order")
    for verb in (verbs_of(far)[1], *verbs_of(far)[3:]):
        with pytest.raises(Unavailable) as refusal:
            verb(far.channel)
        assert refusal.value.facts["reason"] == "another_answer"


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_done_twice(far: Far):
    far.party.meets("lost_answer")
    with pytest.raises(Unavailable):
        far.channel.open(far.asked("order-1"))
    far.party.meets("none")
    far.paid("order-1")
    far.party.meets("lost_answer")
    with pytest.raises(Unavailable):
        far.refund("order-1", "refund-1", 1000)
    far.party.meets("none")
    assert far.channel.look_refund("refund-1").state == "done"
    assert far.refund("order-1", "refund-1", 1000).amount == 1000
    assert far.refund("order-1", "refund-2", 234).state == "done"


def test_after_five_failures_it_is_left_alone_for_a_while(far: Far, time: Time):
    far.channel.open(far.asked("order-1"))
    far.party.meets("busy")
    for _ in range(5):
        with pytest.raises(Unavailable):
            far.channel.look("order-1")
    far.party.meets("none")
    with pytest.raises(Unavailable) as refusal:
        far.channel.look("order-1")
    assert refusal.value.facts["reason"] == "resting"
    time.passes(minutes=2)
    assert far.channel.look("order-1").state == "open"


def test_channels_are_offered_in_the_order_of_the_setting(far: Far, cloud: Cloud):
    assert len(payment.offered()) == 1
    cloud.turn(PAYMENT_CHANNELS=" wechat_pay, wallet,")
    assert payment.offered() == ["wechat_pay", "wallet"]
    cloud.turn(PAYMENT_CHANNELS="")
    assert payment.offered() == []
    assert payment.channel("wallet") is None


def test_a_channel_that_nobody_wrote(cloud: Cloud):
    cloud.turn(PAYMENT_CHANNELS="shells")
    with pytest.raises(payment.ChannelUnknown, match="shells"):
        payment.channel("shells")


def test_where_nobody_listens_nothing_is_known(far: Far, cloud: Cloud):
    cloud.turn(PAYMENT_WALLET_URL="http://127.0.0.1:9", PAYMENT_WECHAT_URL="http://127.0.0.1:9")
    channel = payment.channel(payment.offered()[0])
    assert isinstance(channel, object)
    for verb in verbs_of(far):
        with pytest.raises(Unavailable) as refusal:
            verb(of(channel))
        assert refusal.value.facts["reason"] == "unreachable"


def of(channel: PaymentChannel | None) -> PaymentChannel:
    assert channel is not None
    return channel


@pytest.mark.parametrize("channels", ["wallet", "wechat_pay,wallet", "wechat_pay, wallet", "shells"])
def test_in_production_a_function_does_not_start_where_money_is_made_up(cloud: Cloud, channels: str):
    cloud.turn(PROFILE="production", PAYMENT_CHANNELS=channels)
    with pytest.raises(
        settings.EmbeddedDefault, match=rf"PAYMENT_CHANNELS={channels} takes no real money; .*wechat_pay"
    ):
        start_again()


@pytest.mark.parametrize(
    ("profile", "channels"), [("local", "wallet"), ("production", "wechat_pay"), ("production", "")]
)
def test_otherwise_it_starts(cloud: Cloud, profile: str, channels: str):
    cloud.turn(PROFILE=profile, PAYMENT_CHANNELS=channels)
    start_again()


def start_again() -> None:
    """Import the port once more, as a function does that starts; the module that others use stays."""
    spec = importlib.util.find_spec("adapters.payment")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
