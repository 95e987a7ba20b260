"""The embedded default: the small registry of e-health cards that the local hospital keeps beside its register of
made-up people. It issues truly, for people that register knows, and to nobody else.

| call | what |
| --- | --- |
| `POST <url>` `{channel, key, name, id_number, phone}` | 201 `{number}`; 422 `{reason, said}` |
| `POST <url>/code` `{channel, number}` | 200 `{text, seconds}`; 422 as above |
"""

from __future__ import annotations

import json
import urllib.request
from http.client import HTTPException
from typing import Any, get_args
from urllib.error import HTTPError

from adapters.health_card.port import Applicant, ChannelRefused, Code, Issued, RefusalReason
from hospital.errors import Unavailable

_TIMEOUT_SECONDS = 4.0
_LONGEST_ANSWER = 100_000


class RegistryChannel:
    """The channel named `channel` of the registry at `url`."""

    def __init__(self, url: str, channel: str, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("HEALTH_CARD_REGISTRY_URL is not the address of a registry")
        self._url, self._channel, self._timeout = url.rstrip("/"), channel, timeout_seconds

    def issue(self, applicant: Applicant, *, key: str) -> Issued:
        """See `HealthCardChannel`."""
        told = {"key": key, "name": applicant.name, "id_number": applicant.id_number, "phone": applicant.phone}
        return Issued(_text(self._call("", told), "number"))

    def code(self, number: str, id_number: str) -> Code:
        """See `HealthCardChannel`."""
        answer = self._call("/code", {"number": number})
        return Code(_text(answer, "text"), int(answer["seconds"]) if answer.get("seconds") else None)

    def _call(self, path: str, told: dict[str, str]) -> dict[str, Any]:
        body = json.dumps({"channel": self._channel, **told}, ensure_ascii=False).encode()
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._url + path, body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as reply:  # noqa: S310
                return _object(reply.read(_LONGEST_ANSWER))
        except HTTPError as error:
            with error:
                if error.code != 422:
                    raise Unavailable(adapter="health_card", reason=f"status_{error.code}") from None
                said = _object(error.read(_LONGEST_ANSWER))
        except (OSError, HTTPException):  # refused, unreachable, too late, or hung up
            raise Unavailable(adapter="health_card", reason="unreachable") from None
        reason: RefusalReason = said["reason"] if said.get("reason") in get_args(RefusalReason) else "refused"
        raise ChannelRefused(reason, str(said.get("said", "")))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Unavailable(adapter="health_card", reason="not_understood")
    return told


def _text(answer: dict[str, Any], field: str) -> str:
    text = answer.get(field)
    if not isinstance(text, str) or not text:
        raise Unavailable(adapter="health_card", reason="not_understood")
    return text
