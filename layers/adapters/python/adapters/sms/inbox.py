"""The embedded default: texts go to the local hospital's SMS inbox, where a developer reads them as the patient."""

from __future__ import annotations

import json
import urllib.request
from http.client import HTTPException

from hospital import clock
from hospital.errors import Unavailable

_TIMEOUT_SECONDS = 3


class InboxSms:
    """Delivers by one POST of `{"phone", "text", "sent_at"}` to `url`."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("SMS_INBOX_URL is not the address of an inbox")
        self._url = url

    def send(self, phone: str, text: str) -> None:
        """See `adapters.sms.SmsSender`."""
        message = {"phone": phone, "text": text, "sent_at": clock.text(clock.now())}
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._url, json.dumps(message).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                return
        except (OSError, HTTPException):  # refused, unreachable, too late, or hung up in the middle
            raise Unavailable(adapter="sms") from None
