"""Checking the entry points."""

from __future__ import annotations

import http.client
import ssl
from datetime import datetime
from urllib.parse import urlsplit

from hospital.at_once import at_once
from hospital.conversations.entry_points import mark_down, mark_up, socket_urls, urls_down
from hospital.observability import count, say

TIMEOUT = 3.0
"""Seconds that an address has to answer, once for the call and once for the answer."""

TRIES = 2


def check_entry_points(now: datetime) -> dict[str, int]:
    """Marks what does not answer, and what answers again; how many of each there are."""
    urls = socket_urls()
    before = urls_down(now)
    answered = dict(zip(urls, at_once(answers, urls), strict=True))
    for number, (url, there) in enumerate(answered.items(), start=1):
        if there and url in before:
            mark_up(url)
            say("an entry point answers again", count=number)
        if not there:
            mark_down(url, now)
            count("entry_point_down")
            say("an entry point does not answer", level="warning", count=number)
    up = sum(answered.values())
    return {"up": up, "down": len(urls) - up}


def answers(url: str) -> bool:
    """Whether something that speaks HTTP stands there and is not broken.

    API Gateway answers a request that opens no socket with 403 or 426: it is there. Whether its certificate is trusted
    is the browser's judgement, and that of the alarm on certificates.
    """
    return any(_answers_once(url) for _ in range(TRIES))


def _answers_once(url: str) -> bool:
    try:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "wss" else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=TIMEOUT)
        try:
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status < 500
        finally:
            connection.close()
    except ssl.SSLCertVerificationError:
        return True
    except (OSError, http.client.HTTPException, ValueError):
        return False
