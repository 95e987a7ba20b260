"""Answers that the gateway itself gives, worded as the API's document says, else as API Gateway does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

_VARIABLE = re.compile(r"\$context\.([A-Za-z.]+)")


@dataclass(frozen=True)
class Refusal:
    """One kind of answer: API Gateway's response type, status, message and error type."""

    type: str
    status: int
    message: str | None
    error: str


NO_ROUTE = Refusal(
    "MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token", "MissingAuthenticationTokenException"
)
UNAUTHORIZED = Refusal("UNAUTHORIZED", 401, "Unauthorized", "UnauthorizedException")
DENIED = Refusal("ACCESS_DENIED", 403, "User is not authorized to access this resource", "AccessDeniedException")
AUTHORIZER_FAILED = Refusal("AUTHORIZER_FAILURE", 500, None, "InternalServerErrorException")
AUTHORIZER_WRONG = Refusal("AUTHORIZER_CONFIGURATION_ERROR", 500, None, "AuthorizerConfigurationException")
TOO_LARGE = Refusal("REQUEST_TOO_LARGE", 413, "Request Too Long", "RequestTooLargeException")
TOO_LATE = Refusal("DEFAULT_4XX", 408, "Request timed out", "RequestTimeoutException")
TOO_SLOW = Refusal("INTEGRATION_TIMEOUT", 504, "Endpoint request timed out", "IntegrationTimeoutException")
HEADERS_TOO_LONG = Refusal(
    "DEFAULT_4XX", 431, "HTTP header is larger than 10240 bytes.", "RequestHeaderFieldsTooLargeException"
)
NO_KEY = Refusal("INVALID_API_KEY", 403, "Forbidden", "ForbiddenException")
THROTTLED = Refusal("THROTTLED", 429, "Too Many Requests", "TooManyRequestsException")
QUOTA_EXCEEDED = Refusal("QUOTA_EXCEEDED", 429, "Limit Exceeded", "LimitExceededException")
NOT_TAKEN = Refusal("DEFAULT_5XX", 500, "Internal server error", "InternalServerErrorException")
FAILED = Refusal("DEFAULT_5XX", 502, "Internal server error", "InternalServerErrorException")


class Refusals:
    """The `x-amazon-apigateway-gateway-responses` of one document."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self.written = written

    def answer(self, refusal: Refusal, context: Mapping[str, Any]) -> web.Response:
        """The response for a refusal; `context` is the request's `requestContext`."""
        general = "DEFAULT_4XX" if refusal.status < 500 else "DEFAULT_5XX"
        rule = self.written.get(refusal.type) or self.written.get(general) or {}
        status = int(rule.get("statusCode") or refusal.status)
        template = (rule.get("responseTemplates") or {}).get(
            "application/json", '{"message":$context.error.messageString}'
        )
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": refusal.error}
        for name, value in (rule.get("responseParameters") or {}).items():
            if name.startswith("gatewayresponse.header.") and value.startswith("'"):
                headers[name.removeprefix("gatewayresponse.header.")] = value.strip("'")
        return web.Response(status=status, text=self._filled(template, refusal, context), headers=headers)

    def _filled(self, template: str, refusal: Refusal, context: Mapping[str, Any]) -> str:
        error = {
            "message": refusal.message or "",
            "messageString": json.dumps(refusal.message),
            "responseType": refusal.type,
        }

        def value(match: re.Match[str]) -> str:
            found: Any = {**context, "error": error}
            name = match.group(1).rstrip(".")
            for part in name.split("."):
                found = found.get(part) if isinstance(found, Mapping) else None
            return ("" if found is None else str(found)) + match.group(1)[len(name) :]

        return _VARIABLE.sub(value, template)
