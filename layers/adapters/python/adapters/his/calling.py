"""One HTTP call to a HIS: a time-out, a longest answer, and every way of not answering as `HisUnavailable`."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from adapters.his.port import HisRefused, HisUnavailable

TIMEOUT_SECONDS = 6.0
"""Longer than a HIS needs on a bad day, shorter than a function's own time."""
_LONGEST_ANSWER = 4 * 1024 * 1024
_JSON = "application/json"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is meant for the HIS, a key among it, goes nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def call(
    url: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    media_type: str = _JSON,
    adapter: str,
) -> Any:
    """The JSON that `url` answers to GET, or to POST when there is a `body` (text as it stands). 404 is None.

    Raises `HisUnavailable` for 5xx, 429 and whatever is no answer, `HisRefused` with the peer's `code` for other 4xx.
    """
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    sent = None if body is None else text.encode()
    request = urllib.request.Request(url, sent, {"Accept": _JSON, **(headers or {})})  # noqa: S310 - by settings
    if sent is not None:
        request.add_header("Content-Type", media_type)
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return _read(answer.read(_LONGEST_ANSWER + 1), adapter)
    except urllib.error.HTTPError as error:
        with error:
            return _refused(error, adapter)
    except (OSError, HTTPException):  # refused, unreachable, too late, or hung up in the middle
        raise HisUnavailable(adapter=adapter) from None


def _refused(error: urllib.error.HTTPError, adapter: str) -> None:
    if error.code == 404:
        return
    if error.code >= 500 or error.code in (401, 403, 429) or error.code < 400:
        # A key that is refused is the hospital's own mistake: for whoever asks it is as if the HIS were away.
        raise HisUnavailable(adapter=adapter, reason=f"status_{error.code}")
    try:
        said = json.loads(error.read(64 * 1024))
        reason = str(said.get("code", ""))[:60]
    except (OSError, HTTPException, ValueError, AttributeError):
        reason = ""
    raise HisRefused(adapter=adapter, reason=reason or f"status_{error.code}")


def _read(answered: bytes, adapter: str) -> Any:
    if len(answered) > _LONGEST_ANSWER:
        raise HisUnavailable(adapter=adapter, reason="too_long")
    try:
        return json.loads(answered)
    except (ValueError, RecursionError):
        raise HisUnavailable(adapter=adapter, reason="not_understood") from None
