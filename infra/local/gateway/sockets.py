"""The WebSocket API: a client's life from `$connect` to `$disconnect`."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import WSCloseCode, WSMsgType, web

from ..concurrency import Throttled
from ..invoker import EventTooLarge, Function, InvocationFailed, Invoker
from ..template import Resource, Template, TemplateError
from ..template.kinds import api_id
from .connections import Connection, Connections
from .frames import LimitedWebSocket
from .routes import LONGEST_INTEGRATION, integration_seconds, invoked_function
from .throttle import Account, StageThrottle, route_limits

IDLE = 10 * 60.0
LIFE = 2 * 60 * 60.0
URL_LIMIT = 4096
"""Characters of a WebSocket API's URL."""

_AT_A_TIME = 32
"""Messages of one connection that functions work on before the next one is read."""


@dataclass(frozen=True)
class Route:
    """The function behind a route key, and how many seconds the gateway waits for it."""

    function: Function
    seconds: float = LONGEST_INTEGRATION


@dataclass(frozen=True)
class SocketApi:
    """The WebSocket API of the template: its functions by route key, and the body's field that selects a route."""

    id: str
    stage: str
    routes: Mapping[str, Route]
    selector: str
    throttle: StageThrottle
    account: Account
    variables: Mapping[str, str] | None = None


def read_socket_api(template: Template, invoker: Invoker, account: Account) -> SocketApi | None:
    """The template's WebSocket API; None when it has none. TemplateError when a route leads nowhere."""
    apis = [api for api in template.of("AWS::ApiGatewayV2::Api") if api.get("ProtocolType") == "WEBSOCKET"]
    if not apis:
        return None
    if len(apis) > 1:
        raise apis[1].wrong("", "a second WebSocket API; only one answers under /socket")
    api = apis[0]
    stages = list(template.of("AWS::ApiGatewayV2::Stage"))
    if not stages:
        raise api.wrong("", "has no stage")
    return SocketApi(
        api_id(api),
        str(stages[0].get("StageName")),
        _routes(template, invoker),
        _selector(api.get("RouteSelectionExpression"), api.wrong),
        StageThrottle(route_limits(stages[0]), account),
        account,
        stages[0].get("StageVariables"),
    )


def _routes(template: Template, invoker: Invoker) -> dict[str, Route]:
    integrations = {
        integration.mark(7): _integration(integration, invoker)
        for integration in template.of("AWS::ApiGatewayV2::Integration")
    }
    routes: dict[str, Route] = {}
    for route in template.of("AWS::ApiGatewayV2::Route"):
        target = str(route.get("Target", "")).removeprefix("integrations/")
        if target not in integrations:
            raise route.wrong("Target", "names no integration of the template")
        if str(route.get("AuthorizationType", "NONE")) != "NONE":
            raise route.wrong("AuthorizationType", "only NONE is known: the function of $connect decides")
        for prop in ("ApiKeyRequired", "RouteResponseSelectionExpression"):
            if str(route.get(prop, "false")).lower() != "false":
                raise route.wrong(prop, "is not known here; leave it out")
        routes[str(route.get("RouteKey"))] = integrations[target]
    return routes


def _integration(integration: Resource, invoker: Invoker) -> Route:
    if integration.get("IntegrationType") != "AWS_PROXY":
        raise integration.wrong("IntegrationType", "only AWS_PROXY is known")
    seconds = integration_seconds(integration, "TimeoutInMillis", integration.get("TimeoutInMillis", 29000))
    return Route(invoked_function(integration, "IntegrationUri", invoker), seconds)


def _selector(expression: Any, wrong: Any) -> str:
    found = re.fullmatch(r"\$request\.body\.(\w+)", str(expression))
    if found is None:
        error: TemplateError = wrong("RouteSelectionExpression", "only $request.body.<field> is known")
        raise error
    return found.group(1)


class SocketGateway:
    """Answers `/socket`."""

    def __init__(
        self, api: SocketApi, invoker: Invoker, connections: Connections, idle: float = IDLE, life: float = LIFE
    ) -> None:
        self.api, self.invoker, self.connections = api, invoker, connections
        self.idle, self.life = idle, life
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The aiohttp handler."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.json_response({"message": "Forbidden"}, status=403)
        if len(request.raw_path) > URL_LIMIT:
            return web.json_response({"message": "Forbidden"}, status=403)
        if not self.api.account.connections.take() or not self.api.throttle.admits("$connect", "*"):
            return web.json_response({"message": "Too Many Requests"}, status=429)
        connection = Connection(str(request.remote), request.headers.get("User-Agent"))
        refused, protocols = await self._connect(request, connection)
        if refused is not None:
            return refused
        socket = LimitedWebSocket(protocols)
        try:
            await socket.prepare(request)
        except ConnectionResetError:  # hung up while `$connect` ran
            self._keep(self._disconnect(request, connection, None))
            return web.Response(status=499)
        connection.begin(socket)
        self.connections.open[connection.id] = connection
        try:
            await self._listen(request, socket, connection)
        finally:
            connection.end()
            self.connections.open.pop(connection.id, None)
            self._keep(self._disconnect(request, connection, socket.close_code))
        await socket.linger()
        return socket

    async def _connect(
        self, request: web.Request, connection: Connection
    ) -> tuple[web.Response | None, tuple[str, ...]]:
        """Asks `$connect`: the refusal if there is one, and the sub-protocol that the function chose."""
        route = self.api.routes.get("$connect")
        if route is None:
            return None, ()
        event = self._event(request, connection, "$connect", "CONNECT") | _opening(request)
        try:
            answer = await self.invoker.call_soon(route.function, event, route.seconds)
        except Throttled as refusal:
            self.invoker.report(route.function.name, event["requestContext"]["requestId"], str(refusal))
            return web.json_response({"message": "Internal server error"}, status=500), ()
        except (InvocationFailed, EventTooLarge, TimeoutError):
            return web.json_response({"message": "Internal server error"}, status=502), ()
        status = answer.get("statusCode") if isinstance(answer, dict) else None
        if not str(status).isdigit():
            return web.json_response({"message": "Internal server error"}, status=502), ()
        if not 200 <= int(str(status)) < 300:
            return web.json_response({"message": "Forbidden"}, status=int(str(status))), ()
        headers = {str(name).lower(): str(value) for name, value in (answer.get("headers") or {}).items()}
        chosen = headers.get("sec-websocket-protocol")
        return None, (chosen,) if chosen else ()

    async def _listen(self, request: web.Request, socket: LimitedWebSocket, connection: Connection) -> None:
        ends_at = connection.opened_at + self.life
        turns = asyncio.Semaphore(_AT_A_TIME)
        while not socket.closed:
            now = time.time()
            if now >= ends_at or now >= connection.active_at + self.idle:
                await socket.close(code=WSCloseCode.GOING_AWAY, message=b"Going away")
                return
            try:
                # A timeout around the whole call: within it, each ping would begin the wait anew.
                async with asyncio.timeout(min(ends_at, connection.active_at + self.idle) - now):
                    message = await socket.receive()
            except TimeoutError:
                continue
            if message.type == WSMsgType.BINARY:
                await socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=b"Binary is not supported")
                return
            if message.type != WSMsgType.TEXT:
                return
            connection.active_at = time.time()
            await turns.acquire()
            self._keep(self._message(request, connection, message.data, turns))

    async def _message(self, request: web.Request, connection: Connection, text: str, turns: asyncio.Semaphore) -> None:
        try:
            key = self._route(text)
            event = self._event(request, connection, key, "MESSAGE") | {"body": text}
            event["requestContext"]["messageId"] = uuid.uuid4().hex
            said = await self._failure(key, event)
            if said and not connection.gone:
                ids = {"connectionId": connection.id, "requestId": event["requestContext"]["requestId"]}
                connection.post(json.dumps({"message": said, **ids}))
        finally:
            turns.release()

    async def _failure(self, key: str, event: dict[str, Any]) -> str | None:
        """Runs the route's function. What the gateway tells the client when that does not go well."""
        route = self.api.routes.get(key)
        if not self.api.throttle.admits(key, "*"):
            return "Too Many Requests"
        if route is None:
            return "Forbidden"
        try:
            await self.invoker.call_soon(route.function, event, route.seconds)
        except Throttled as refusal:
            self.invoker.report(route.function.name, event["requestContext"]["requestId"], str(refusal))
            return "Internal server error"
        except (InvocationFailed, EventTooLarge):
            return "Internal server error"
        except TimeoutError:
            return "Endpoint request timed out"
        return None

    async def _disconnect(self, request: web.Request, connection: Connection, code: int | None) -> None:
        route = self.api.routes.get("$disconnect")
        if route is None:
            return
        event = self._event(request, connection, "$disconnect", "DISCONNECT")
        event["requestContext"].update(disconnectStatusCode=code or 1006, disconnectReason="")
        try:
            await self.invoker.call_soon(route.function, event, route.seconds)
        except (InvocationFailed, EventTooLarge, Throttled, TimeoutError):
            return  # best effort, as on AWS; the invoker has reported it

    def _route(self, text: str) -> str:
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            return "$default"
        key = body.get(self.api.selector) if isinstance(body, dict) else None
        return key if isinstance(key, str) and key in self.api.routes and not key.startswith("$") else "$default"

    def _event(self, request: web.Request, connection: Connection, key: str, kind: str) -> dict[str, Any]:
        now = time.time()
        context = {
            "apiId": self.api.id,
            "connectedAt": int(connection.opened_at * 1000),
            "connectionId": connection.id,
            "domainName": request.host,
            "eventType": kind,
            "extendedRequestId": uuid.uuid4().hex,
            "identity": {"sourceIp": connection.source, "userAgent": connection.agent},
            "messageDirection": "IN",
            "requestId": uuid.uuid4().hex,
            "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
            "requestTimeEpoch": int(now * 1000),
            "routeKey": key,
            "stage": self.api.stage,
        }
        variables = {"stageVariables": dict(self.api.variables)} if self.api.variables else {}
        return {"requestContext": context, "isBase64Encoded": False, **variables}

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _opening(request: web.Request) -> dict[str, Any]:
    """What only `$connect` gets to see: the handshake's headers and query."""
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name, []).append(value)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True, errors="replace"):
        query.setdefault(name, []).append(value)
    return {
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
    }
