"""The schedule's handler."""

from __future__ import annotations

from typing import Any

from messaging.collect_sms_receipts.use_case import collect_sms_receipts


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """How many receipts were heard."""
    return {"heard": collect_sms_receipts()}
