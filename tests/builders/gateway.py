"""Requests as API Gateway hands them to a function: the REST proxy event, with what the authorizer found out."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from hospital.caller import Caller
from hospital.http import App, Route
from identity.authorize.app import app as authorize
from identity.authorize.app import context_of
from tests.builders.acting import act

Json = Any
METHOD_ARN = "arn:aws:execute-api:cn-northwest-1:123456789012:api/live/GET/any"


@dataclass(frozen=True)
class Answer:
    """What the function answered."""

    status: int
    text: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]

    @property
    def json(self) -> Json:
        """The body's value."""
        return json.loads(self.text)

    def ok(self, status: int = 200) -> Json:
        """The body's value, of an answer with that status."""
        assert self.status == status, (self.status, self.text)
        return self.json if self.text else None

    def refused(self, status: int, code: str) -> dict[str, Any]:
        """The facts of a refusal, which must be this one in the one shape that refusals have."""
        assert self.status == status, (self.status, self.text)
        body = self.json
        assert set(body) == {"code", "facts", "request_id"}, body
        assert body["code"] == code, body
        assert body["request_id"] == self.headers["X-Request-Id"]
        facts: dict[str, Any] = body["facts"]
        return facts


def call(
    app: App,
    method: str,
    path: str,
    body: Json = None,
    *,
    who: Caller | None = None,
    token: str | None = None,
    key: str | None = None,
    cookies: Mapping[str, str] | None = None,
    text: str | None = None,
    **headers: str,
) -> Answer:
    """One request to a route of `app`. It acts as `who`, or as whoever the authorizer finds behind `token`.

    `key` is an idempotency key; `text` is a body as it stands instead of `body`; headers are written `user_agent=`.
    """
    sent = {name.replace("_", "-").title(): value for name, value in headers.items()}
    if body is not None or text is not None:
        sent.setdefault("Content-Type", "application/json")
    if key is not None:
        sent["Idempotency-Key"] = key
    if cookies:
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    address, _, query = path.partition("?")
    event = rest_event(
        app, method, address, query, sent, json.dumps(body) if text is None and body is not None else text
    )
    context = _context(who)
    if token is not None:
        try:
            context = authorize({"headers": {"Authorization": f"Bearer {token}"}, "methodArn": METHOD_ARN}, None)[
                "context"
            ]
        except Exception as refusal:  # the gateway answers 401 to exactly this text, and 500 to any other
            assert str(refusal) == "Unauthorized", refusal
            return Answer(401, "", {}, {})
    if context:
        event["requestContext"]["authorizer"] = context
    return _answer(act(app, event))


def rest_event(
    app: App, method: str, address: str, query: str, headers: Mapping[str, str], body: str | None
) -> dict[str, Any]:
    """The event of a REST API (payload format 1.0)."""
    route, given = _matched(app, method, address)
    pairs = [(name, unquote(value)) for name, _, value in (part.partition("=") for part in query.split("&") if part)]
    return {
        "resource": route,
        "path": address,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(pairs) or None,
        "multiValueQueryStringParameters": _gathered(pairs) or None,
        "pathParameters": given or None,
        "stageVariables": None,
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "resourcePath": route,
            "httpMethod": method,
            "path": address,
            "stage": "live",
            "identity": {"sourceIp": headers.get("X-Address", "203.0.113.7")},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def _matched(app: App, method: str, address: str) -> tuple[str, dict[str, str]]:
    """(route pattern, path parameters); the route of that method if there is one."""
    found = [(route, match) for route in app.routes if (match := _pattern(route).fullmatch(address))]
    assert found, f"{app.name} has no route for {address}"
    # A fixed word wins over a parameter, as in the gateway.
    found.sort(key=lambda pair: (pair[0].method != method, len(pair[0].path_names)))
    route, match = found[0]
    return route.path, {name: unquote(value) for name, value in match.groupdict().items()}


def _pattern(route: Route) -> re.Pattern[str]:
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.path))


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    gathered: dict[str, list[str]] = {}
    for name, value in pairs:
        gathered.setdefault(name, []).append(value)
    return gathered


def _context(who: Caller | None) -> dict[str, str]:
    return {"principalId": who.person_id} | context_of(who) if who else {}


def _answer(answered: dict[str, Any]) -> Answer:
    given = {**answered.get("headers", {})}
    cookies = {}
    for line in answered.get("multiValueHeaders", {}).get("Set-Cookie", []):
        name, _, rest = line.partition("=")
        cookies[name] = rest
    return Answer(answered["statusCode"], answered["body"], given, cookies)
