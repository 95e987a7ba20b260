"""Lambda proxy integration of a REST API: the request as an event, the function's answer as a response."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import time
import uuid
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import CIMultiDict

from ..template.model import words
from .fixed_answers import FixedAnswer
from .routes import Api

_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
# Set by the connection between client and gateway, not by the function.
_OWN_HEADERS = words("connection content-length date keep-alive server transfer-encoding upgrade")


PATIENCE = 60.0
"""Seconds that a client may take to accept an answer, or to send its body."""


class Answer(web.Response):
    """A function's answer. A client that never reads it is cut off, so that it costs memory for a while only."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Sends what is left."""
        request = self._req
        try:
            async with asyncio.timeout(PATIENCE):
                await super().write_eof(data)
        except TimeoutError:
            if request is not None and request.transport is not None:
                request.transport.abort()


class Malformed(Exception):
    """The function's answer is no proxy response."""


def request_context(request: web.Request, api: Api, path: str, resource: str, account: str) -> dict[str, Any]:
    """`requestContext` without its authorizer. `path` is the one behind the area."""
    now = time.time()
    return {
        "accountId": account,
        "apiId": api.id,
        "domainName": request.host,
        "domainPrefix": request.host.split(".", 1)[0],
        "extendedRequestId": base64.b64encode(uuid.uuid4().bytes).decode(),
        "httpMethod": request.method,
        "identity": {"sourceIp": request.remote, "userAgent": request.headers.get("User-Agent")},
        "path": f"/api/{api.area}{path}",
        "protocol": f"HTTP/{request.version.major}.{request.version.minor}",
        "requestId": str(uuid.uuid4()),
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "requestTimeEpoch": int(now * 1000),
        "resourcePath": resource,
        "stage": api.stage,
    }


def request_event(
    request: web.Request, api: Api, path: str, resource: str, values: dict[str, str], context: dict[str, Any]
) -> dict[str, Any]:
    """The event of format 1.0 without its body, as authorizer and function get it."""
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name, []).append(value)
    headers["X-Forwarded-For"] = [", ".join([*headers.pop("X-Forwarded-For", []), str(request.remote)])]
    headers["X-Forwarded-Proto"] = [request.scheme]
    headers["X-Forwarded-Port"] = [str(request.url.port)]
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True, errors="replace"):
        query.setdefault(name, []).append(value)
    return {
        "resource": resource,
        "path": f"/api/{api.area}{path}",
        "httpMethod": request.method,
        "headers": {name: values_[-1] for name, values_ in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values_[-1] for name, values_ in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": values or None,
        "stageVariables": dict(api.variables) if api.variables else None,
        "requestContext": context,
    }


def with_body(event: dict[str, Any], body: bytes, api: Api, content_type: str) -> dict[str, Any]:
    """The event for the function. Only the document's binary types arrive as base64, other bytes as text."""
    binary = any(kind in ("*/*", content_type) for kind in api.binary_types)
    if binary:
        return {**event, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return {**event, "body": body.decode("utf-8", errors="replace") or None, "isBase64Encoded": False}


def response(answer: Any, request_id: str) -> web.Response:
    """The function's answer as a response. Malformed when API Gateway would answer 502."""
    if not isinstance(answer, dict):
        raise Malformed("the answer is no mapping")
    unknown = set(answer) - {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
    if unknown:
        raise Malformed(f"the answer holds {', '.join(sorted(map(str, unknown)))}")
    headers = _headers(answer)
    headers.setdefault("Content-Type", "application/json")
    headers["x-amzn-RequestId"] = request_id
    return Answer(status=_status(answer.get("statusCode")), body=_body(answer), headers=headers)


def fixed(answer: FixedAnswer, request_id: str) -> web.Response:
    """The response of a mock integration."""
    headers = CIMultiDict([("Content-Type", "application/json"), *answer.headers])
    headers["x-amzn-RequestId"] = request_id
    return web.Response(status=answer.status, text=answer.body, headers=headers)


def _status(value: Any) -> int:
    if isinstance(value, bool) or not str(value).isdigit() or not 100 <= int(value) <= 599:
        raise Malformed(f"{value!r} is no status code")
    return int(value)


def _body(answer: dict[str, Any]) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise Malformed("the body is no text")
    if answer.get("isBase64Encoded"):
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error:
            raise Malformed("the body is not base64") from None
    return body.encode("utf-8", errors="replace")


def _headers(answer: dict[str, Any]) -> CIMultiDict[str]:
    single, many = answer.get("headers") or {}, answer.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(many, dict):
        raise Malformed("the headers are no mapping")
    pairs = [(name, value) for name, value in single.items()]
    for name, values in many.items():
        if not isinstance(values, list):
            raise Malformed(f"the header {name} has no list of values")
        pairs = [pair for pair in pairs if pair[0].lower() != name.lower()] + [(name, value) for value in values]
    headers: CIMultiDict[str] = CIMultiDict()
    for name, value in pairs:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(text):
            raise Malformed(f"the header {name!r} cannot be sent")
        if name.lower() not in _OWN_HEADERS:
            headers.add(name, text)
    return headers
