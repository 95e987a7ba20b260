"""The embedded default: notifications go to the local hospital, which shows on the sandbox page what left the house."""

from __future__ import annotations

import json
import urllib.request
from http.client import HTTPException

from adapters.notification.port import AddressedBy, Channel, Device, Notification, Outcome
from hospital import clock
from hospital.errors import Unavailable

_TIMEOUT_SECONDS = 3


class InboxNotifier:
    """Delivers by one POST of `{id, person_id, channel, title, words, opens, sent_at}` to `url`, which keeps an id
    once."""

    channel: Channel = "push"
    addressed_by: AddressedBy = "person"

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("NOTIFICATION_INBOX_URL is not the address of an inbox")
        self._url = url

    def send(self, notification: Notification, to: Device) -> Outcome:
        """See `Notifier`."""
        told = {
            "id": notification.id,
            "person_id": to.address,
            "channel": self.channel,
            "title": notification.title,
            "words": notification.words,
            "opens": notification.opens,
            "sent_at": clock.text(clock.now()),
        }
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._url, json.dumps(told).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                return "delivered"
        except (OSError, HTTPException):  # refused, unreachable, too late, or hung up in the middle
            raise Unavailable(adapter="notification") from None
