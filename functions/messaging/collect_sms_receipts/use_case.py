"""Fetching receipts."""

from __future__ import annotations

from datetime import timedelta

from adapters import sms
from hospital import clock
from hospital.caller import system
from hospital.carrying import Receipt
from hospital.sms.receiving import note_receipt
from hospital.sms.store import sms_of_number

_BY = system("collect_sms_receipts")
_NOBODYS = timedelta(minutes=10)
"""After which a receipt of a text that nobody knows is heard, and forgotten."""


def collect_sms_receipts() -> int:
    """How many were heard."""
    return sms.collect(_heard)


def _heard(carrier: str, receipt: Receipt) -> bool:
    """Whether it need not come again. One may be faster than the note that its text was handed over."""
    if note_receipt(carrier, receipt, _BY) or sms_of_number(carrier, receipt.number) is not None:
        return True
    return clock.now() - receipt.received_at > _NOBODYS
