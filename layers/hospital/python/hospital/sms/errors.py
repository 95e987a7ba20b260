"""What can go wrong with messages that leave the house."""

from __future__ import annotations

from hospital.errors import Conflict, NotFound, TooMany, Unauthenticated


class SmsNotFound(NotFound):
    """There is no such message for this caller."""

    code = "sms.not_found"


class SmsNotResendable(Conflict):
    """Only one that failed is sent again, and none that held a code. Facts: `state`."""

    code = "sms.not_resendable"


class SmsReferenceReused(Conflict):
    """The system used that reference before, for another message."""

    code = "sms.reference_reused"


class QuotaUsedUp(TooMany):
    """The system sent as much today as it may."""

    code = "sms.quota_used_up"


class ReceiptUnsigned(Unauthenticated):
    """The receipt comes from nobody who carries texts for this hospital."""

    code = "sms.receipt_unsigned"
