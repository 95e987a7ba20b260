"""The door of an encrypted hospital: one port, where only what is encrypted gets in.

The first byte of a connection tells: a TLS handshake goes on to the server, anything else is turned away before any of
it has been read. Somebody who asks for a page without encryption is told its right address; everyone else is refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Callable
from typing import Any

_HANDSHAKE = 0x16
_PATIENCE = 10.0
"""Seconds that somebody may stand in the door without a word, or take for the handshake."""

_LOOKED_AT = 4096
_LINGER = 1.0
_ASKS_FOR_PAGE = re.compile(rb"(?:GET|HEAD) (/(?!api/|socket|sandbox/api/)[!-~]*) HTTP/1\.[01]\r\n")
_UPGRADES = re.compile(rb"\r\nupgrade\s*:", re.IGNORECASE)


class Door:
    """Accepts connections on `listener` for `server`, which makes a protocol for each."""

    def __init__(
        self, listener: socket.socket, server: Callable[[], Any], context: ssl.SSLContext, origin: str
    ) -> None:
        self._listener, self._server, self._context, self._origin = listener, server, context, origin
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """From now on connections are accepted."""
        self._listener.setblocking(False)
        self._keep(asyncio.ensure_future(self._accept()))

    def close(self) -> None:
        """Nobody comes in any more; those who are in stay."""
        for task in self._tasks:
            task.cancel()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self._listener)
            except OSError:  # out of descriptors, or gone before it was accepted
                await asyncio.sleep(0.1)
                continue
            connection.setblocking(False)
            self._keep(asyncio.ensure_future(self._receive(connection)))

    async def _receive(self, connection: socket.socket) -> None:
        handed_over = False
        try:
            seen = await asyncio.wait_for(_first_bytes(connection), _PATIENCE)
            if seen[:1] == bytes([_HANDSHAKE]):
                handed_over = True
                await asyncio.get_running_loop().connect_accepted_socket(
                    self._server, connection, ssl=self._context, ssl_handshake_timeout=_PATIENCE
                )
            elif seen:
                await asyncio.wait_for(_turn_away(connection, refusal(seen, self._origin)), _PATIENCE)
        except (OSError, TimeoutError):
            return  # a stranger who went away, fell silent or did not trust us
        finally:
            if not handed_over:
                connection.close()

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def refusal(seen: bytes, origin: str) -> bytes:
    """What a connection without encryption is told, judged by its first bytes."""
    page = _ASKS_FOR_PAGE.match(seen)
    if page and not _UPGRADES.search(seen):
        head = [b"HTTP/1.1 301 Moved Permanently", b"Location: " + origin.encode() + page.group(1)]
        body = b""
    else:
        head = [b"HTTP/1.1 403 Forbidden", b"Content-Type: application/json"]
        body = b'{"message":"Forbidden"}'
    head += [b"Cache-Control: no-store", b"Content-Length: %d" % len(body), b"Connection: close"]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


async def _first_bytes(connection: socket.socket) -> bytes:
    """What waits to be read, left where it is."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            return connection.recv(_LOOKED_AT, socket.MSG_PEEK)
        except BlockingIOError:
            readable: asyncio.Future[None] = loop.create_future()
            loop.add_reader(connection, _done, readable)
            try:
                await readable
            finally:
                loop.remove_reader(connection)


def _done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


async def _turn_away(connection: socket.socket, answer: bytes) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(connection, answer)
    connection.shutdown(socket.SHUT_WR)
    # What was sent is thrown away unread; closing on it would reset the connection, and the answer would be lost.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while await loop.sock_recv(connection, 1 << 16):
                pass
