"""Notifications as text messages, through the SMS port."""

from __future__ import annotations

from typing import Protocol

from adapters.notification.port import AddressedBy, Channel, Device, Notification, Outcome


class TextSender(Protocol):
    """Who sends texts: the SMS port."""

    def send(self, phone: str, text: str) -> None:
        """See `adapters.sms.SmsSender`."""


class TextNotifier:
    """One text a notification. The SMS port knows no key of a sending: who must not send twice remembers that it
    did."""

    channel: Channel = "sms"
    addressed_by: AddressedBy = "phone"

    def __init__(self, sender: TextSender) -> None:
        self._sender = sender

    def send(self, notification: Notification, to: Device) -> Outcome:
        """See `Notifier`. A text begins with who sends it, as the carriers demand."""
        self._sender.send(to.address, f"【{notification.title}】{notification.words}")
        return "delivered"
