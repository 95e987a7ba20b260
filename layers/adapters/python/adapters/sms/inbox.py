"""The embedded default: texts go to the local hospital's SMS inbox, where a developer reads them as the patient."""

from __future__ import annotations

import json
import urllib.request
from http.client import HTTPException
from urllib.error import HTTPError

from hospital import clock
from hospital.carrying import Outgoing, Refused, Taken
from hospital.errors import Unavailable

_TIMEOUT_SECONDS = 3
_LONGEST_ANSWER = 1000


class InboxSms:
    """Delivers by one POST of `{"id", "phone", "text", "sent_at"}` to `url`, which keeps an id once. What it answers
    by 422 and `{"cause"}` it will never deliver."""

    name = "inbox"

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("SMS_INBOX_URL is not the address of an inbox")
        self._url = url

    def hand_over(self, outgoing: Outgoing) -> Taken:
        """See `hospital.carrying.Carrier`. Whether one that broke off was taken does not matter: sent again it
        is the same text."""
        message = {
            "id": outgoing.sms_id,
            "phone": outgoing.phone,
            "text": outgoing.text,
            "sent_at": clock.text(clock.now()),
        }
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._url, json.dumps(message).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                return Taken(outgoing.id, received=True)
        except HTTPError as error:
            if error.code == 422:
                cause = str(json.loads(error.read(_LONGEST_ANSWER))["cause"])
                raise Refused(cause, blocked=cause == "keyword") from None
            raise Unavailable(adapter="sms") from None
        except (OSError, HTTPException):  # refused, unreachable, too late, or hung up in the middle
            raise Unavailable(adapter="sms") from None

    def look_up(self, outgoing: Outgoing) -> Taken | None:
        """See `hospital.carrying.Carrier`."""
        return self.hand_over(outgoing)
