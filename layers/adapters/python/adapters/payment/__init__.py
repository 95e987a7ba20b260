"""The port to those who take money: wallets and banks.

`PAYMENT_CHANNELS` lists what is offered, with commas between; empty where nothing is paid online.

| channel | what it is |
| --- | --- |
| `wallet` | the local hospital's small wallet of made-up people, at `PAYMENT_WALLET_URL`: never in production |
| `wechat_pay` | WeChat Pay v3 (微信支付), whose keys stand in the secret of vendors as `wechat_pay` |
"""

from __future__ import annotations

from adapters.payment.guarded import GuardedChannel
from adapters.payment.port import (
    AlreadyPaid,
    Asked,
    Forged,
    Opened,
    OpenRefused,
    OrderUnknown,
    PaymentChannel,
    RefundRefused,
    RefundSeen,
    Seen,
    Way,
)
from hospital import settings

SAFE = frozenset({"", "wechat_pay"})
"""Channels whose money is money."""

__all__ = (
    "AlreadyPaid",
    "Asked",
    "ChannelUnknown",
    "Forged",
    "OpenRefused",
    "Opened",
    "OrderUnknown",
    "PaymentChannel",
    "RefundRefused",
    "RefundSeen",
    "Seen",
    "Way",
    "channel",
    "offered",
)

settings.refuse_embedded("PAYMENT_CHANNELS", SAFE, because="takes no real money")


class ChannelUnknown(RuntimeError):
    """`PAYMENT_CHANNELS` names no channel."""


def offered() -> list[str]:
    """The channels by which one may pay, in the order of the setting."""
    return [one.strip() for one in settings.current().payment_channels.split(",") if one.strip()]


def channel(name: str) -> PaymentChannel | None:
    """The channel of that name, behind a circuit breaker; None when it is not offered (any more)."""
    if name not in offered():
        return None
    current = settings.current()
    if name == "wallet":
        from adapters.payment.wallet import Wallet

        return GuardedChannel(Wallet(current.payment_wallet_url), name)
    if name == "wechat_pay":
        from adapters.payment.wechat_pay import WechatPay  # its packages are a layer of their own

        return GuardedChannel(WechatPay(current.payment_wechat_url), name)
    raise ChannelUnknown(f"PAYMENT_CHANNELS: {name} is no known channel; known: wallet, wechat_pay")
