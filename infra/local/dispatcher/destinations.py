"""HTTP destinations of rules: `AWS::Events::ApiDestination` with its `AWS::Events::Connection`.

Source: "API destinations as targets", "Connections" (EventBridge User Guide). OAuth is not delivered here.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ..template import Resource, Template
from ..template.kinds import connection_arn
from .deliveries import NotDelivered, NotYet

TIME_OUT = 5.0
"""Seconds after which EventBridge gives up a request."""

_AGAIN = (401, 407, 409, 429)
"""Refusals after which EventBridge tries again, beside every 5xx."""

_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_LONGEST_WAIT_ASKED = 3600.0
_MOST_PER_SECOND = 300
_SECRET = re.compile(r"\{\{resolve:secretsmanager:(?P<id>.+?):SecretString(?::(?P<key>[^:}]*))?(?::[^}]*)?\}\}")

ReadSecret = Callable[[str], str]
"""The text of a secret, by its id."""


class Pace:
    """So many calls a second, the first ones at once."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._clock = per_second, clock
        self._lock = threading.Lock()
        self._tokens, self._at = per_second, clock()

    def take(self) -> None:
        """NotYet when the rate is reached."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._per_second, self._tokens + (now - self._at) * self._per_second)
            self._at = now
            if self._tokens < 1:
                raise NotYet((1 - self._tokens) / self._per_second)
            self._tokens -= 1


class Destination:
    """One HTTP endpoint. TemplateError for what EventBridge would refuse."""

    def __init__(self, resource: Resource, template: Template, read_secret: ReadSecret) -> None:
        self.resource, self._read_secret = resource, read_secret
        self.endpoint, self.method = str(resource.get("InvocationEndpoint", "")), str(resource.get("HttpMethod", ""))
        self.pace = Pace(float(resource.get("InvocationRateLimitPerSecond", _MOST_PER_SECOND)))
        if self.method not in _METHODS:
            raise resource.wrong("HttpMethod", f"{self.method!r} is none of {', '.join(_METHODS)}")
        parts = urlsplit(self.endpoint)
        is_here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        if not parts.hostname or not (parts.scheme == "https" or is_here):
            raise resource.wrong("InvocationEndpoint", "wants an address that begins with https://")
        named = str(resource.get("ConnectionArn", ""))
        found = [one for one in template.of("AWS::Events::Connection") if connection_arn(one) == named]
        if not found:
            raise resource.wrong("ConnectionArn", f"{named} is no connection of the template")
        self._connection = found[0]
        self._check_connection()

    def send(self, text: str, parameters: Mapping[str, Any]) -> None:
        """One request; `parameters` are the target's `HttpParameters`. NotDelivered, NotYet."""
        self.pace.take()
        more = (self._authorization().get("InvocationHttpParameters")) or {}
        body = self._body(text, more.get("BodyParameters") or [])
        address = self._address(parameters, more.get("QueryStringParameters") or [])
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Amazon/EventBridge/ApiDestinations",
            **{name: str(value) for name, value in (parameters.get("HeaderParameters") or {}).items()},
            **{one["Key"]: self._opened(one["Value"]) for one in more.get("HeaderParameters") or []},
            **self._proof(),
        }
        status, wait = _requested(self.method, address, body.encode(), headers)
        if not 200 <= status < 300:
            again = status in _AGAIN or status >= 500
            raise NotDelivered("SDK_CLIENT_ERROR", f"HTTP status {status}", again=again, after=wait)

    def _check_connection(self) -> None:
        kind, parameters = str(self._connection.get("AuthorizationType", "")), self._authorization()
        wanted = {"API_KEY": "ApiKeyAuthParameters", "BASIC": "BasicAuthParameters"}.get(kind)
        if wanted is None:
            raise self._connection.wrong("AuthorizationType", f"{kind!r} is not delivered here; API_KEY and BASIC are")
        keys = ("ApiKeyName", "ApiKeyValue") if kind == "API_KEY" else ("Username", "Password")
        if not all((parameters.get(wanted) or {}).get(key) for key in keys):
            raise self._connection.wrong(f"AuthParameters.{wanted}", f"wants {' and '.join(keys)}")

    def _authorization(self) -> Mapping[str, Any]:
        return self._connection.get("AuthParameters") or {}

    def _proof(self) -> dict[str, str]:
        """Who calls: as a header."""
        parameters = self._authorization()
        if self._connection.get("AuthorizationType") == "API_KEY":
            key = parameters["ApiKeyAuthParameters"]
            return {key["ApiKeyName"]: self._opened(key["ApiKeyValue"])}
        basic = parameters["BasicAuthParameters"]
        pair = f"{self._opened(basic['Username'])}:{self._opened(basic['Password'])}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def _opened(self, text: Any) -> str:
        """The text with `{{resolve:secretsmanager:...}}` answered, as CloudFormation does when it deploys."""

        def answered(match: re.Match[str]) -> str:
            secret = self._read_secret(match["id"])
            return str(json.loads(secret)[match["key"]]) if match["key"] else secret

        return _SECRET.sub(answered, str(text))

    def _address(self, parameters: Mapping[str, Any], query: list[dict[str, Any]]) -> str:
        address = self.endpoint
        for value in parameters.get("PathParameterValues") or []:
            address = address.replace("*", quote(str(value), safe=""), 1)
        asked = {name: str(value) for name, value in (parameters.get("QueryStringParameters") or {}).items()}
        asked |= {one["Key"]: self._opened(one["Value"]) for one in query}
        joined = "&" if "?" in address else "?"
        return address + (joined + urlencode(asked) if asked else "")

    def _body(self, text: str, fields: list[dict[str, Any]]) -> str:
        if not fields:
            return text
        body = json.loads(text)
        if isinstance(body, dict):
            body |= {one["Key"]: self._opened(one["Value"]) for one in fields}
        return json.dumps(body, ensure_ascii=False)


def _requested(method: str, address: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, float]:
    """Status, and seconds that the answer asks to wait. NotDelivered when there is no answer. Redirects are answers."""
    parts = urlsplit(address)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.netloc, timeout=TIME_OUT, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIME_OUT)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, None if method in ("GET", "HEAD") else body, dict(headers))
        answer = connection.getresponse()
        answer.read()
        asked = answer.getheader("Retry-After") or ""
        return answer.status, min(float(asked), _LONGEST_WAIT_ASKED) if asked.isdigit() else 0.0
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered("SDK_CLIENT_ERROR", f"no answer: {type(error).__name__}: {error}") from error
    finally:
        connection.close()
