"""One REST request from its first byte to its answer."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from ..concurrency import Throttled
from ..invoker import EventTooLarge, Function, InvocationFailed, Invoker
from ..template.model import Place
from . import proxy
from .authorize import Refused, authorize
from .fixed_answers import FixedAnswer
from .proxy import Malformed, fixed, request_context, request_event, response, with_body
from .refusals import (
    FAILED,
    HEADERS_TOO_LONG,
    NO_ROUTE,
    NOT_TAKEN,
    THROTTLED,
    TOO_LARGE,
    TOO_LATE,
    TOO_SLOW,
    Refusal,
    Refusals,
)
from .routes import Api, Operation
from .usage_plans import UsagePlans

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes of a request's body."""

HEADERS_LIMIT = 10_240
"""Bytes of all names and values of a request's headers."""


class RestGateway:
    """Answers `/api/<area>/<route>` for the APIs of the template."""

    def __init__(self, apis: dict[str, Api], invoker: Invoker, place: Place, plans: UsagePlans) -> None:
        self.apis, self.invoker, self.place, self.plans = apis, invoker, place, plans

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The aiohttp handler."""
        area, _, rest = request.rel_url.raw_path.removeprefix("/api/").partition("/")
        path = f"/{rest}"
        api = self.apis.get(area)
        if api is None:
            return Refusals({}).answer(NO_ROUTE, {})
        matched = api.match(path)
        resource, values = (matched[0].resource, matched[1]) if matched else ("", {})
        context = request_context(request, api, path, resource, self.place.account)
        operations = matched[0].operations if matched else {}
        operation = operations.get(request.method) or operations.get("ANY")
        if sum(len(name) + len(value) for name, value in request.raw_headers) > HEADERS_LIMIT:
            return self._refuse(api, HEADERS_TOO_LONG, context)
        if operation is None:
            return self._refuse(api, NO_ROUTE, context)
        if not api.throttle.admits(resource, request.method):
            return self._refuse(api, THROTTLED, context)
        event = request_event(request, api, path, resource, values, context)
        try:
            return await self._serve(request, api, operation, event)
        except Refused as refused:
            return self._refuse(api, refused.refusal, context)

    async def _serve(
        self, request: web.Request, api: Api, operation: Operation, event: dict[str, Any]
    ) -> web.StreamResponse:
        context = event["requestContext"]
        body = await _read(request)
        if operation.authorizer is not None:
            arn = self.place.arn("execute-api", f"{api.id}/{api.stage}/{request.method}{_behind_area(event['path'])}")
            context["authorizer"] = await authorize(self.invoker, operation.authorizer, event, arn)
        if operation.wants_key:
            self._demand_key(request, api, event["resource"])
        if isinstance(operation.target, FixedAnswer):
            return fixed(operation.target, context["requestId"])
        return await self._call(operation.target, operation, with_body(event, body, api, request.content_type))

    def _demand_key(self, request: web.Request, api: Api, resource: str) -> None:
        key = request.headers.get("x-api-key")
        refusal = self.plans.refusal(key, api.id, api.stage, resource, request.method)
        if refusal is not None:
            raise Refused(refusal)

    async def _call(self, function: Function, operation: Operation, event: dict[str, Any]) -> web.StreamResponse:
        context = event["requestContext"]
        try:
            answer = await self.invoker.call_soon(function, event, operation.seconds)
            return response(answer, context["requestId"])
        except TimeoutError:
            raise Refused(TOO_SLOW) from None
        except EventTooLarge:
            raise Refused(TOO_LARGE) from None
        except Throttled as refusal:
            self.invoker.report(function.name, context["requestId"], str(refusal))
            raise Refused(NOT_TAKEN) from refusal
        except InvocationFailed as failure:
            raise Refused(FAILED) from failure
        except Malformed as fault:
            self.invoker.report(function.name, context["requestId"], f"malformed proxy response: {fault}")
            raise Refused(FAILED) from fault

    def _refuse(self, api: Api, refusal: Refusal, context: dict[str, Any]) -> web.Response:
        answer = api.refusals.answer(refusal, context)
        answer.headers["x-amzn-RequestId"] = context["requestId"]
        return answer


async def _read(request: web.Request) -> bytes:
    """The body. Refused when it is over the limit, whether it says so or not."""
    if (request.content_length or 0) > BODY_LIMIT:
        raise Refused(TOO_LARGE)
    body = bytearray()
    try:
        async with asyncio.timeout(proxy.PATIENCE):
            async for chunk in request.content.iter_chunked(1 << 16):
                body += chunk
                if len(body) > BODY_LIMIT:
                    raise Refused(TOO_LARGE)
    except TimeoutError:
        raise Refused(TOO_LATE) from None
    return bytes(body)


def _behind_area(path: str) -> str:
    """The path as the API itself knows it: without the mapping's `/api/<area>`."""
    return "/" + path.split("/", 3)[3]
