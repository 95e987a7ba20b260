"""API Gateway's limit on single frames, which aiohttp does not have: it only knows whole messages.

Uses private seams of aiohttp (pinned, and held by a test): `_post_start` and `_close_transport` of
`WebSocketResponse`, and the protocol's `_payload_parser`. Compression stays off, as API Gateway offers none, so a
frame's length is its payload's.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from typing import Any

from aiohttp import WebSocketError, WSCloseCode, web

FRAME_LIMIT = 32 * 1024
MESSAGE_LIMIT = 128 * 1024
_LINGER = 1.0
_BROKEN = (True, b"")
_FINE = (False, b"")


class LimitedWebSocket(web.WebSocketResponse):
    """Closes with 1009 when a frame or a message is too long."""

    def __init__(self, protocols: tuple[str, ...] = ()) -> None:
        super().__init__(max_msg_size=MESSAGE_LIMIT, compress=False, protocols=protocols, timeout=5)

    def _post_start(self, request: Any, protocol: Any, writer: Any) -> None:
        super()._post_start(request, protocol, writer)
        request.protocol._payload_parser = FrameGate(self._parser, self._reader)

    def _close_transport(self) -> None:
        """Ends our side only. With bytes still unread, a full close would reset the connection, and the client would
        lose the close frame that says why."""
        transport = self._transport()
        # An encrypted connection has no half of its own to end; it is ended after the moment of `linger`.
        if transport is not None and not transport.is_closing() and transport.can_write_eof():
            with contextlib.suppress(OSError):  # the client has hung up already
                transport.write_eof()

    async def linger(self) -> None:
        """Gives the client a moment to read the close frame and to hang up."""
        ends_at = time.monotonic() + _LINGER
        while self._transport() is not None and time.monotonic() < ends_at:
            await asyncio.sleep(0.02)
        transport = self._transport()
        if transport is not None and not transport.can_write_eof():
            transport.close()

    def _transport(self) -> Any:
        return self._req.transport if self._req is not None else None


class FrameGate:
    """Stands before aiohttp's reader, reads the frames' headers, and lets everything within the limit pass."""

    def __init__(self, reader: Any, queue: Any, limit: int = FRAME_LIMIT) -> None:
        self.reader, self.queue, self.limit = reader, queue, limit
        self._header = bytearray()
        self._payload_left = 0
        self._refused = False

    def feed_eof(self) -> None:
        """The connection ended."""
        self.reader.feed_eof()

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Bytes of the client, cut anywhere. Answers whether the stream is broken."""
        if self._refused:
            return _BROKEN
        allowed = self._within_limit(data)
        if allowed:
            broken, _ = self.reader.feed_data(data[:allowed])
            if broken:
                return _BROKEN
        if allowed == len(data):
            return _FINE
        self._refused = True
        sentence = f"Frame over {self.limit} bytes"
        self.queue.set_exception(WebSocketError(WSCloseCode.MESSAGE_TOO_BIG, sentence))
        return _BROKEN

    def _within_limit(self, data: bytes) -> int:
        """How many of these bytes lie before a frame that is too long. Headers are let through as they come."""
        position = 0
        while position < len(data):
            if self._payload_left:
                step = min(self._payload_left, len(data) - position)
                self._payload_left -= step
                position += step
                continue
            self._header.append(data[position])
            length = _payload_length(self._header)
            if length is not None:
                if length > self.limit:
                    return position
                self._payload_left = length
                self._header.clear()
            position += 1
        return position


def _payload_length(header: bytearray) -> int | None:
    """The payload's length when the header is complete, its mask included; None while bytes are missing."""
    if len(header) < 2:
        return None
    short, masked = header[1] & 0x7F, header[1] & 0x80
    extended = {126: 2, 127: 8}.get(short, 0)
    if len(header) < 2 + extended + (4 if masked else 0):
        return None
    if not extended:
        return short
    length: int = struct.unpack("!H" if extended == 2 else "!Q", header[2 : 2 + extended])[0]
    return length
