"""Receipts of carriers."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Any

from adapters import sms
from hospital.caller import Caller
from hospital.sms.errors import ReceiptUnsigned
from hospital.sms.receiving import note_receipt, signature_of


def take_receipts(carrier: str, signature: str, told: Sequence[Mapping[str, Any]], *, by: Caller) -> int:
    """How many of them said something new. Raises `ReceiptUnsigned`, `CarrierUnknown`."""
    if not hmac.compare_digest(signature_of(carrier).encode(), signature.encode()):
        raise ReceiptUnsigned
    return sum(note_receipt(carrier, receipt, by) for receipt in sms.receipts(carrier, told))
