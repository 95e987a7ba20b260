"""The far ends of the payment channels: each takes orders, is paid, and tells."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import pytest

from adapters import payment
from adapters.payment import Asked, Opened, PaymentChannel
from adapters.payment.wallet import Wallet
from adapters.payment.wechat_pay import WechatPay
from hospital import secret_keys
from infra.local.wallet.book import PEOPLE
from infra.local.wallet.server import MERCHANT_ID, WalletServer
from tests.builders.cloud import Cloud, client
from tests.builders.moments import Time
from tests.builders.payment_peers import wechat_pay as wechat
from tests.builders.payment_peers.receiver import Callback, Receiver, opened_receiver

KEY = "walletwalletwalletwalletwalletwalletwalletwallet"
PAYER = next(iter(PEOPLE))


class Party(Protocol):
    """What the one who runs a channel does."""

    def pay(self, number: str, opened: Opened) -> None: ...
    def tell(self, times: int = 1) -> None: ...
    def refunds_become(self, how: str) -> None: ...
    def settle(self, refund_number: str, how: str) -> None: ...
    def meets(self, mode: str) -> None: ...
    def news_of_another(self) -> Callback: ...


@dataclass
class Far:
    """A channel as a test sees it: the hospital's end, whoever runs it, and where its callbacks arrive. `hasty` is the
    hospital's end without a breaker, which waits for a moment only."""

    channel: PaymentChannel
    hasty: PaymentChannel
    party: Party
    receiver: Receiver
    time: Time

    def asked(self, number: str, amount: int = 1234, **more: Any) -> Asked:
        facts = {"description": "复诊 · 㐂医生", "payer_ip": "203.0.113.9", "payer": "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"}
        ends = self.time.now + timedelta(minutes=30)
        return Asked(number, amount, expires_at=ends, notify_url=self.receiver.url, **{**facts, **more})

    def paid(self, number: str, amount: int = 1234) -> None:
        """An order that somebody has paid, and that is told."""
        self.party.pay(number, self.channel.open(self.asked(number, amount)))

    def told(self, number: int = 1) -> list[Callback]:
        """The callbacks, when so many came."""
        self.party.tell()
        return self.receiver.wait_for(number)

    def refund(self, number: str, refund_number: str, amount: int, total: int = 1234) -> payment.RefundSeen:
        return self.channel.refund(number, refund_number, amount, total, "医生拒绝", self.receiver.url)


class WalletParty:
    """The small wallet, whose callbacks wait until they are told to go."""

    def __init__(self, server: WalletServer) -> None:
        self.server = server
        server.caller.mood = "held"

    def pay(self, number: str, opened: Opened) -> None:
        address = opened.address or opened.code or (opened.client or {})["address"]
        self.server.book.pay(address.rsplit("/", 1)[1], PAYER)

    def tell(self, times: int = 1) -> None:
        self.server.caller.send(times)

    def refunds_become(self, how: str) -> None:
        self.server.refunds = how

    def settle(self, refund_number: str, how: str) -> None:
        self.server.book.settle(refund_number, how)

    def meets(self, mode: str) -> None:
        self.server.troubles.change({"mode": mode, "seconds": 30})

    def news_of_another(self) -> Callback:
        caller, posted = self.server.caller, {}
        caller._merchant = "another"
        with opened_receiver() as elsewhere:
            news = {"kind": "payment", "number": "order-1", "state": "paid", "amount": 1, "transaction_id": "4"}
            told = {"merchant": "another", **news, "paid_at": "2026-11-21T06:30:00+00:00"}
            caller._post(elsewhere.url, told, caller._key)
            posted[0] = elsewhere.wait_for(1)[0]
        return posted[0]


class WechatParty:
    """WeChat's peer."""

    def __init__(self, peer: wechat.Peer) -> None:
        self.peer = peer

    def pay(self, number: str, opened: Opened) -> None:
        self.peer.pay(number)

    def tell(self, times: int = 1) -> None:
        self.peer.tell(times=times)

    def refunds_become(self, how: str) -> None:
        self.peer.refunds = how

    def settle(self, refund_number: str, how: str) -> None:
        self.peer.settle(refund_number, how)

    def meets(self, mode: str) -> None:
        self.peer.mood = mode

    def news_of_another(self) -> Callback:
        number = next(iter(self.peer.orders))
        told = {**self.peer._order_row(self.peer.orders[number]), "mchid": "1900000110"}
        return Callback(*self.peer.news("TRANSACTION.SUCCESS", told))


def knows(cloud: Cloud, vendor: str, keys: dict[str, str], **variables: str) -> None:
    """The operator has written a vendor's keys, and named the channel."""
    client("secretsmanager").put_secret_value(SecretId="test-vendor", SecretString=json.dumps({vendor: keys}))
    secret_keys.forget_keys()
    cloud.turn(PAYMENT_CHANNELS=vendor, **variables)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with opened_receiver() as opened:
        yield opened


@pytest.fixture
def wallet_server(time: Time) -> Iterator[WalletServer]:
    server = WalletServer(":memory:", KEY, machine=lambda: time.now.timestamp())
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.end()


@pytest.fixture
def wallet(cloud: Cloud, time: Time, receiver: Receiver, wallet_server: WalletServer) -> Far:
    keys = {"id": MERCHANT_ID, "key": KEY, "public_key": wallet_server.public_key}
    knows(cloud, "wallet", keys, PAYMENT_WALLET_URL=wallet_server.url)
    channel = payment.channel("wallet")
    assert channel is not None
    receiver.thanks = channel.thanks()
    return Far(channel, Wallet(wallet_server.url, 0.3), WalletParty(wallet_server), receiver, time)


@pytest.fixture
def wechat_peer(time: Time) -> Iterator[wechat.Peer]:
    with wechat.opened_wechat_pay(time) as opened:
        yield opened


@pytest.fixture
def wechat_pay(cloud: Cloud, time: Time, receiver: Receiver, wechat_peer: wechat.Peer) -> Far:
    knows(cloud, "wechat_pay", wechat.keys(), PAYMENT_WECHAT_URL=wechat_peer.url)
    channel = payment.channel("wechat_pay")
    assert channel is not None
    receiver.thanks = channel.thanks()
    return Far(channel, WechatPay(wechat_peer.url, (0.3, 0.3)), WechatParty(wechat_peer), receiver, time)


@pytest.fixture(params=["wallet", "wechat_pay"])
def far(request: pytest.FixtureRequest) -> Far:
    """Each channel before whom it speaks with."""
    found: Far = request.getfixturevalue(request.param)
    return found


def verbs_of(far: Far) -> list[Callable[[PaymentChannel], object]]:
    """Each verb that calls the channel; order-1 is paid, refund-1 asked for."""
    return [
        lambda channel: channel.open(far.asked("order-2")),
        lambda channel: channel.look("order-1"),
        lambda channel: channel.close("order-2"),
        lambda channel: channel.refund("order-1", "refund-2", 1, 1234, "退", far.receiver.url),
        lambda channel: channel.look_refund("refund-1"),
    ]
