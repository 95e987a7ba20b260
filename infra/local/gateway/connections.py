"""Open sockets by connection id, what is still to be sent to each, and the management API on them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any
from urllib.parse import unquote

from aiohttp import WSCloseCode, web

from .frames import MESSAGE_LIMIT
from .push_troubles import PushTroubles
from .throttle import Account

OUTBOX_LIMIT = 4 * MESSAGE_LIMIT
"""Bytes that may wait for a client that does not read."""

_PATIENCE = 60.0
"""Seconds that one message may wait for the client's side to take it."""

_KINDS = {410: "GoneException", 429: "LimitExceededException", 500: "InternalFailure"}


class OutboxFull(Exception):
    """The client does not read what it is sent."""


class Connection:
    """One socket. Messages go out in order through an outbox, so that nobody waits for a slow client."""

    def __init__(self, source: str, agent: str | None) -> None:
        self.id = base64.b64encode(os.urandom(11)).decode()
        self.source, self.agent = source, agent
        self.opened_at = self.active_at = time.time()
        self.gone = False
        self._socket: web.WebSocketResponse | None = None
        self._outbox: deque[str] = deque()
        self._waiting = 0
        self._more = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, socket: web.WebSocketResponse) -> None:
        """The handshake is done: what is posted from now on is sent."""
        self._socket = socket
        self._keep(self._send())

    def post(self, text: str) -> None:
        """Puts a message behind those that wait. OutboxFull."""
        size = len(text.encode())
        if self._waiting + size > OUTBOX_LIMIT and self._outbox:
            raise OutboxFull
        self._outbox.append(text)
        self._waiting += size
        self._more.set()

    def post_late(self, text: str) -> None:
        """The same for a message whose sender was answered long ago: a full outbox loses it."""
        with contextlib.suppress(OutboxFull):
            self.post(text)

    def close(self, code: int, reason: str) -> None:
        """Says goodbye without waiting for the client to say it too."""
        self.gone = True
        if self._socket is not None:
            self._keep(self._close(self._socket, code, reason))

    def drop(self) -> None:
        """Cut off without a word, as by a gateway that starts anew."""
        self.gone = True
        transport = self._socket._req.transport if self._socket is not None and self._socket._req is not None else None
        if transport is not None:
            transport.abort()

    def end(self) -> None:
        """The socket is closed; nothing more is sent."""
        self.gone = True
        self._more.set()

    async def _send(self) -> None:
        while not self.gone:
            await self._more.wait()
            self._more.clear()
            while self._outbox and not self.gone:
                text = self._outbox.popleft()
                self._waiting -= len(text.encode())
                if not await self._sent(text):
                    return
                self.active_at = time.time()

    async def _sent(self, text: str) -> bool:
        socket = self._socket
        if socket is None or socket.closed:
            return False
        try:
            await asyncio.wait_for(socket.send_str(text), _PATIENCE)
        except (TimeoutError, ConnectionError):
            self.gone = True
            transport = socket._req.transport if socket._req is not None else None
            if transport is not None:
                transport.abort()
            return False
        return True

    async def _close(self, socket: web.WebSocketResponse, code: int, reason: str) -> None:
        await socket.close(code=code, message=reason.encode())

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class Connections:
    """All open sockets, and `/socket/@connections/{id}` for the functions."""

    def __init__(self, access_key: str, account: Account | None = None) -> None:
        self.access_key, self._account = access_key, account or Account()
        self.open: dict[str, Connection] = {}
        self.troubles = PushTroubles()

    def drop_all(self) -> None:
        """The gateway starts anew: nobody is told."""
        for connection in list(self.open.values()):
            connection.drop()

    def close_all(self) -> None:
        """The hospital closes: clients are told to come back."""
        for connection in list(self.open.values()):
            connection.close(WSCloseCode.GOING_AWAY, "Going away")

    async def manage(self, request: web.Request) -> web.Response:
        """POST sends, DELETE closes, GET tells; 410 for a connection that is not there, 403 for a stranger."""
        if f"Credential={self.access_key}/" not in request.headers.get("Authorization", ""):
            return _error(403, "Forbidden", "ForbiddenException")
        if not self._account.requests.take():
            return _error(429, "Too Many Requests", "LimitExceededException")
        connection = self.open.get(unquote(request.match_info["connection_id"]))
        if connection is None or connection.gone:
            return _error(410, None, "GoneException")
        if request.method == "POST":
            return await self._post(request, connection)
        if request.method == "DELETE":
            connection.close(WSCloseCode.OK, "")
            return web.Response(status=204)
        if request.method == "GET":
            return web.json_response(
                {
                    "connectedAt": _moment(connection.opened_at),
                    "lastActiveAt": _moment(connection.active_at),
                    "identity": {"sourceIp": connection.source, "userAgent": connection.agent},
                }
            )
        return _error(403, "Missing Authentication Token", "MissingAuthenticationTokenException")

    async def _post(self, request: web.Request, connection: Connection) -> web.Response:
        if (request.content_length or 0) > MESSAGE_LIMIT:
            return _too_large(connection)
        body = await request.content.read(MESSAGE_LIMIT + 1)
        while len(body) <= MESSAGE_LIMIT and not request.content.at_eof():
            body += await request.content.read(MESSAGE_LIMIT + 1)
        if len(body) > MESSAGE_LIMIT:
            return _too_large(connection)
        way = self.troubles.way()
        if way.status != 200:
            return _error(way.status, "Trouble on demand", _KINDS[way.status])
        try:
            text = body.decode()
            for _ in range(way.times):
                if way.later:
                    asyncio.get_running_loop().call_later(way.later, connection.post_late, text)
                else:
                    connection.post(text)
        except UnicodeDecodeError:
            return _error(400, "Invalid UTF-8", "BadRequestException")
        except OutboxFull:
            return _error(429, "The client's buffer is full", "LimitExceededException")
        return web.Response()


def _too_large(connection: Connection) -> web.Response:
    body = {"message": "Message too long", "connectionId": connection.id}
    return web.json_response(body, status=413, headers={"x-amzn-ErrorType": "PayloadTooLargeException"})


def _error(status: int, message: str | None, kind: str) -> web.Response:
    return web.json_response({"message": message}, status=status, headers={"x-amzn-ErrorType": kind})


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
