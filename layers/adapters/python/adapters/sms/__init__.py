"""The SMS port: a short text to a phone.

`SMS_ADAPTER` names the adapter. `inbox` is the embedded default: it delivers to the local hospital's SMS inbox. In
production, where a text that reaches nobody would lock every patient out, a function does not start with it.
"""

from __future__ import annotations

from typing import Protocol

from adapters.sms.inbox import InboxSms
from hospital import settings

VENDORS: frozenset[str] = frozenset()
"""Adapters that reach a phone."""

settings.refuse_embedded("SMS_ADAPTER", VENDORS, because="delivers to no phone")


class SmsSender(Protocol):
    """Sends texts."""

    def send(self, phone: str, text: str) -> None:
        """Hand `text` to whoever delivers it to `phone` (a mainland number of 11 digits). Raises `Unavailable`."""


class AdapterUnknown(RuntimeError):
    """`SMS_ADAPTER` names no adapter."""


def sender() -> SmsSender:
    """The adapter that the settings name."""
    current = settings.current()
    if current.sms_adapter != "inbox":
        raise AdapterUnknown(f"SMS_ADAPTER={current.sms_adapter} is no known adapter; known: inbox")
    return InboxSms(current.sms_inbox_url)
