"""The embedded default: relay processes that the local hospital starts and keeps (infra/local/relays.py)."""

from __future__ import annotations

import json
import urllib.request
from http.client import HTTPException
from typing import Any

from adapters.fleet.seen import Seen
from hospital.errors import Unavailable

_TIMEOUT_SECONDS = 5


class EmbeddedFleet:
    """`GET url` answers `{"wanted", "relays": [{"id", …}]}`, of those that run; `PUT {"wanted"}` asks for so many."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("FLEET_URL is not the address of a fleet")
        self._url = url

    def look(self, ids: list[str]) -> Seen:
        """See `Fleet`."""
        found = self._asked("GET", None)
        running = {str(one["id"]) for one in found["relays"]}
        return Seen(wanted=int(found["wanted"]), running={one: True for one in ids if one in running})

    def ask_for(self, count: int) -> None:
        """See `Fleet`."""
        self._asked("PUT", {"wanted": count})

    def _asked(self, method: str, body: Any) -> dict[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._url, content, {"Content-Type": "application/json"}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                found: dict[str, Any] = json.loads(answer.read())
        except (OSError, HTTPException, ValueError):  # unreachable, hung up, refused, or no fleet at all
            raise Unavailable(adapter="fleet") from None
        return found
