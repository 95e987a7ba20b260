"""The notification port: a short line that brings an absent person back to the pages.

`NOTIFICATION_ADAPTER` names who brings app pushes. `inbox` is the embedded default: what it takes is shown on the local
hospital's sandbox page. In production, where nobody would ever hear of a message, a function does not start with it.
`web_push` reaches every browser that registered (RFC 8030). Text messages go through the SMS port.
"""

from __future__ import annotations

from adapters.notification.encryption import are_keys
from adapters.notification.inbox import InboxNotifier
from adapters.notification.port import AddressedBy, Channel, Device, Notification, Notifier, Outcome
from adapters.notification.services import endpoint_is_known
from adapters.notification.text import TextNotifier, TextSender
from adapters.notification.web_push import WebPush, application_key
from hospital import settings

VENDORS = frozenset({"web_push"})
"""Adapters that reach a device."""

__all__ = (
    "AdapterUnknown",
    "AddressedBy",
    "Channel",
    "Device",
    "Notification",
    "Notifier",
    "Outcome",
    "app_push",
    "are_keys",
    "endpoint_is_known",
    "push_key",
    "text_message",
)

settings.refuse_embedded("NOTIFICATION_ADAPTER", VENDORS, because="reaches no device")


class AdapterUnknown(RuntimeError):
    """`NOTIFICATION_ADAPTER` names no adapter."""


def app_push() -> Notifier:
    """The adapter that the settings name."""
    current = settings.current()
    if current.notification_adapter == "web_push":
        return WebPush()
    if current.notification_adapter == "inbox":
        return InboxNotifier(current.notification_inbox_url)
    raise AdapterUnknown(
        f"NOTIFICATION_ADAPTER={current.notification_adapter} is no known adapter; known: inbox, web_push"
    )


def text_message(sender: TextSender) -> Notifier:
    """Notifications as text messages, by whatever brings those: the SMS port's `sender()`."""
    return TextNotifier(sender)


def push_key() -> str | None:
    """The public key by which browsers register for pushes of this hospital (base64url); None where none is needed."""
    return application_key() if settings.current().notification_adapter == "web_push" else None
