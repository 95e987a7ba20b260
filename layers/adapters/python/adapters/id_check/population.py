"""The embedded default: a register of made-up people that the local hospital keeps beside it."""

from __future__ import annotations

import json
import secrets
import urllib.request
from http.client import HTTPException
from typing import get_args

from adapters.id_check.port import Finding, Result
from hospital.errors import Unavailable

_TIMEOUT_SECONDS = 3.0


class PopulationCheck:
    """One POST of `{asked, name, id_number}` to `url`, answered by `{asked, result, reference}`. `asked` is drawn for
    each question: an answer to another one is nobody's answer."""

    def __init__(self, url: str, timeout_seconds: float = _TIMEOUT_SECONDS) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("ID_CHECK_URL is not the address of a register")
        self._url, self._timeout = url, timeout_seconds

    def check(self, name: str, id_number: str) -> Finding:
        """See `IdCheck`."""
        asked = secrets.token_hex(8)
        body = json.dumps({"asked": asked, "name": name, "id_number": id_number}).encode()
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            self._url, body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                told = json.loads(answer.read(100_000))
        except (OSError, HTTPException, ValueError):  # refused, unreachable, too late, hung up, or no answer at all
            raise Unavailable(adapter="id_check") from None
        if not isinstance(told, dict) or told.get("asked") != asked or told.get("result") not in get_args(Result):
            raise Unavailable(adapter="id_check", reason="another_answer")
        return Finding(told["result"], str(told.get("reference", "")))
