"""The SMS port: a short text to a phone.

`SMS_ADAPTER` names the adapter, `SMS_SECOND_ADAPTER` who is asked when that one does not take a text. `inbox` is the
embedded default: it delivers to the local hospital's SMS inbox. In production, where a text that reaches nobody would
lock every patient out, a function does not start with it.

Carriers are called by `hospital.sms.leaving`, which knows what has left. Those by HTTP push their receipts; what a
centre by SMPP has to say is fetched by `collect`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from adapters.sms import alibaba_dysms, tencent_sms
from adapters.sms.alibaba_dysms import AlibabaSms
from adapters.sms.inbox import InboxSms
from adapters.sms.smpp import SmppSms
from adapters.sms.tencent_sms import TencentSms
from hospital import clock, ids, settings
from hospital.carrying import Carrier, CarrierUnknown, Outgoing, Receipt, Refused, Undecided
from hospital.errors import Unavailable
from hospital.observability import say

VENDORS = frozenset({"alibaba", "smpp", "tencent"})
"""Adapters that reach a phone."""

settings.refuse_embedded("SMS_ADAPTER", VENDORS, because="delivers to no phone")

_RECEIPTS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], Iterator[Receipt]]] = {
    "alibaba": alibaba_dysms.receipts,
    "tencent": tencent_sms.receipts,
}
PUSHING = frozenset(_RECEIPTS)
"""Carriers that push receipts to an address."""


class AdapterUnknown(RuntimeError):
    """`SMS_ADAPTER` names no adapter."""


def carriers() -> list[Carrier]:
    """Who brings texts, the one that is asked first in front."""
    current = settings.current()
    named = [("SMS_ADAPTER", current.sms_adapter, current.sms_url)]
    if current.sms_second_adapter:
        named.append(("SMS_SECOND_ADAPTER", current.sms_second_adapter, current.sms_second_url))
    return [_carrier(variable, name, url) for variable, name, url in named]


def _carrier(variable: str, name: str, url: str) -> Carrier:
    if name == "inbox":
        return InboxSms(settings.current().sms_inbox_url)
    if name == "alibaba":
        return AlibabaSms(url)
    if name == "tencent":
        return TencentSms(url)
    if name == "smpp":
        return SmppSms(url)
    raise AdapterUnknown(f"{variable}={name} is no known adapter; known: alibaba, inbox, smpp, tencent")


def receipts(carrier: str, told: Sequence[Mapping[str, Any]]) -> Iterator[Receipt]:
    """What a carrier pushed. Raises `CarrierUnknown`."""
    if carrier not in _RECEIPTS:
        raise CarrierUnknown
    return _RECEIPTS[carrier](told)


def collect(take: Callable[[str, Receipt], bool]) -> int:
    """Fetch what carriers keep for us; how many receipts `take(carrier, receipt)` took. What it leaves comes again
    later. A carrier that is away is asked the next time."""
    taken = 0
    for carrier in carriers():
        if isinstance(carrier, SmppSms):
            try:
                taken += carrier.collect(partial(take, carrier.name))
            except Unavailable:
                say("a carrier's receipts were not heard", level="warning", adapter=carrier.name)
    return taken


class _Sender:
    """Texts for whose way nobody asks afterwards: the line of a reminder."""

    def send(self, phone: str, text: str) -> None:
        """Over the first carrier that takes it. Raises `Unavailable`."""
        one, now = ids.new_id("sms"), clock.now()
        outgoing = Outgoing(f"{one}.1", one, phone, text, "reminder", {"text": text}, {}, now)
        for carrier in carriers():
            try:
                carrier.hand_over(outgoing)
            except Unavailable:
                continue
            except (Refused, Undecided):  # no other would deliver it, or it may arrive all the same
                return
            return
        raise Unavailable(adapter="sms")


def sender() -> _Sender:
    """Sends a reminder's line."""
    return _Sender()
