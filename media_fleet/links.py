"""A control socket as its session sees it: what is said waits in a bounded line, and who does not read is cut off."""

from __future__ import annotations

import asyncio
from collections import deque

from aiohttp import web

_MOST_WAITING = 500
_MOST_WAITING_CHARACTERS = 4 * 1024 * 1024
_LAST_WORD_SECONDS = 5.0
REFUSED = 1008
"""Close code: what was said is against the rules (RFC 6455 section 7.4.1)."""


class SocketLink:
    """Runs a task that says what waits. `abort` cuts the connection without a word."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._waiting: deque[str] = deque()
        self._size = 0
        self._news = asyncio.Event()
        self._ending = False
        self._code = 1000
        self._task = asyncio.get_running_loop().create_task(self._say())

    def post(self, text: str) -> None:
        """Say something as soon as it can be said."""
        if self._ending:
            return
        self._waiting.append(text)
        self._size += len(text)
        if len(self._waiting) > _MOST_WAITING or self._size > _MOST_WAITING_CHARACTERS:
            self.abort()
        self._news.set()

    def end(self, text: str | None = None, code: int = 1000) -> None:
        """Say a last word, if any, and close; at the latest after 5 s."""
        if self._ending:
            return
        if text is not None:
            self.post(text)
        self._ending = True
        self._code = code
        self._news.set()
        asyncio.get_running_loop().call_later(_LAST_WORD_SECONDS, self.abort)

    def abort(self) -> None:
        """The connection is cut."""
        self._ending = True
        self._waiting.clear()
        if self._transport is not None:
            self._transport.abort()

    async def finished(self) -> None:
        """Wait until nothing is said any more; for when the socket is closed."""
        if not self._ending:
            self._task.cancel()
        await asyncio.wait([self._task])

    async def _say(self) -> None:
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                while self._waiting:
                    text = self._waiting.popleft()
                    self._size -= len(text)
                    await self._socket.send_str(text)
                if self._ending:
                    await self._socket.close(code=self._code)
                    return
        except (ConnectionError, RuntimeError):
            # The client went in the middle of a word: whoever reads from the socket hears of it.
            return
