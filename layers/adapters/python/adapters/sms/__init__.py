"""The SMS port: a short text to a phone.

`SMS_ADAPTER` names the adapter. `inbox` is the embedded default: it delivers to the local hospital's SMS inbox, and
refuses the production profile, where a text that reaches nobody would lock every patient out.
"""

from __future__ import annotations

from typing import Protocol

from adapters.sms.inbox import InboxSms
from hospital import settings


class SmsSender(Protocol):
    """Sends texts."""

    def send(self, phone: str, text: str) -> None:
        """Hand `text` to whoever delivers it to `phone` (a mainland number of 11 digits). Raises `Unavailable`."""


class AdapterUnknown(RuntimeError):
    """`SMS_ADAPTER` names no adapter, or one that must not run in this profile."""


def sender() -> SmsSender:
    """The adapter that the settings name."""
    current = settings.current()
    if current.sms_adapter != "inbox":
        raise AdapterUnknown(f"SMS_ADAPTER={current.sms_adapter} is no known adapter; known: inbox")
    if current.profile == "production":
        raise AdapterUnknown("SMS_ADAPTER=inbox delivers to no phone; set a vendor's adapter in production")
    return InboxSms(current.sms_inbox_url)
