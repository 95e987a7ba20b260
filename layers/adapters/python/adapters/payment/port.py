"""What the hospital asks of those who take and give back money. Amounts are integers in fen (CNY)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from hospital.errors import Conflict, NotFound, Unauthenticated

Way = Literal["page", "jsapi", "native"]
"""page: the browser goes to the channel. jsapi: the page calls the channel's own script. native: a QR code is shown."""
OpenRefusal = Literal["paid", "closed", "number_used", "refused"]
RefundRefusal = Literal["not_paid", "too_much", "total_differs", "number_used", "refused"]

NUMBER = re.compile(r"[0-9A-Za-z_-]{6,32}")
STALE_AFTER = timedelta(minutes=5)
"""A callback signed longer ago, or for a later time, than this is refused. One sent again within it is not: whoever is
told has to take the same news twice anyway."""


class Forged(Unauthenticated):
    """A callback that the channel did not send, or not to this hospital, or not now. `reason` says which check failed:
    headers, serial, stale, signature, merchant, body."""

    code = "payment_channel.forged"


class OrderUnknown(NotFound):
    """The channel has no order of that number."""

    code = "payment_channel.order_unknown"


class OpenRefused(Conflict):
    """The channel takes no payment under that number. `reason` is an `OpenRefusal`, `said` the channel's own code."""

    code = "payment_channel.open_refused"


class AlreadyPaid(Conflict):
    """What should be closed has been paid."""

    code = "payment_channel.already_paid"


class RefundRefused(Conflict):
    """The channel does not give that much back. `reason` is a `RefundRefusal`, and `refused` where the channel tells no
    more; `said` is the channel's own code."""

    code = "payment_channel.refund_refused"


@dataclass(frozen=True)
class Asked:
    """One payment to be made. `number` is ours and stands for this order for good; `description` is what the payer
    reads there, up to 127 characters; `notify_url` is https and has no query; `payer` is the openid, for jsapi;
    `returns_to` is the page of ours to which the browser comes back, whatever became of it. ValueError for what no
    channel would take."""

    number: str
    amount: int
    description: str
    expires_at: datetime
    notify_url: str
    payer_ip: str
    payer: str | None = field(default=None, repr=False)
    way: Way = "page"
    returns_to: str | None = None

    def __post_init__(self) -> None:
        if not NUMBER.fullmatch(self.number):
            raise ValueError("number has 6 to 32 of 0-9A-Za-z_-")
        if self.amount <= 0:
            raise ValueError("amount is at least one fen")
        if not 1 <= len(self.description) <= 127:
            raise ValueError("description has 1 to 127 characters")
        if self.way == "jsapi" and not self.payer:
            raise ValueError("jsapi needs to know the payer")


@dataclass(frozen=True)
class Opened:
    """One of them: `address` for page, `client` (what the script is called with) for jsapi, `code` (the text of the QR
    code) for native."""

    address: str | None = None
    client: Mapping[str, str] | None = None
    code: str | None = None


@dataclass(frozen=True)
class Seen:
    """An order as the channel has it. `amount` is 0, `transaction_id` empty and `paid_at` None until it is paid, and
    paid it stays when money went back. The amount is the channel's: whoever is told compares it with their own."""

    number: str
    state: Literal["open", "paid", "closed", "unknown"]
    amount: int = 0
    transaction_id: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True)
class RefundSeen:
    """A refund as the channel has it; `amount` is what goes back. `number` may be empty where it is unknown. A refund
    that is `refused` gives nothing back ever, `reason` is the channel's word for why."""

    number: str
    refund_number: str
    state: Literal["waiting", "done", "refused", "unknown"]
    amount: int = 0
    refund_id: str = ""
    done_at: datetime | None = None
    reason: str = ""


class PaymentChannel(Protocol):
    """One channel. Each verb that calls it may raise `hospital.errors.Unavailable` (`adapter`, `reason`), after which
    nobody knows whether it was done: `open` and `refund` can be said again as they were, `look` and `look_refund`
    tell."""

    def open(self, asked: Asked) -> Opened:
        """Lets somebody pay. Said again with the same facts it opens nothing anew. `OpenRefused`."""

    def look(self, number: str) -> Seen:
        """How an order stands."""

    def close(self, number: str) -> None:
        """From here on nobody can pay it; a closed one stays so, one that is not known is left so. `AlreadyPaid`."""

    def refund(
        self, number: str, refund_number: str, amount: int, total: int, reason: str, notify_url: str
    ) -> RefundSeen:
        """Gives `amount` of the `total` that was paid back to whoever paid; once under a `refund_number`, which is kept
        when it is tried again after `Unavailable`. `OrderUnknown`, `RefundRefused`."""

    def look_refund(self, refund_number: str) -> RefundSeen:
        """How a refund stands."""

    def heard(self, headers: Mapping[str, str], body: bytes) -> Seen | RefundSeen:
        """What a callback says; names of headers in any case. `Forged`. It may come twice, late, and in any order."""

    def thanks(self) -> bytes:
        """What a callback is answered (status 200, JSON), after which it is not sent again."""
