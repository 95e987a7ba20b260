"""The control socket: hello, then whatever the client asks, one message at a time (PROTOCOL.md, 2)."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from typing import Protocol

from aiohttp import WSMsgType, web

from media_fleet import messages, passing, sdp
from media_fleet.links import REFUSED, SocketLink
from media_fleet.messages import said
from media_fleet.refusals import Refused
from media_fleet.rooms import Session
from media_fleet.wire.budget import Budget

_LOG = logging.getLogger(__name__)
_HELLO_SECONDS = 5.0
_QUIET_SECONDS = 15.0
_MOST_GREETING = 200
"""Sockets that have not said hello yet."""
_MOST_PASSING = 1_000
"""Sockets that are carried to other nodes."""
_MESSAGES_PER_SECOND = 20
_MESSAGES_AT_ONCE = 200
_OFFERS_PER_SECOND = 2
_OFFERS_AT_ONCE = 10
_MOST_MISUNDERSTOOD = 10
QUALITY_EVERY_SECONDS = 2


class Doorkeeper(Protocol):
    """Who lets people in and takes them out."""

    def greet(self, hello: messages.Hello) -> tuple[Session, bool]:
        """The session and whether it goes on. Raises Refused, Elsewhere."""

    def welcome(self, session: Session, resumed: bool) -> str:
        """The message."""

    def leave(self, session: Session, reason: str) -> None:
        """The session is over."""


class _TooMuch(Exception):
    """The client breaks the rules so often that its session ends; the reason of `bye`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Control:
    """Serves `GET /v1/control`."""

    def __init__(self, doorkeeper: Doorkeeper) -> None:
        self.refused: Counter[str] = Counter()
        self._doorkeeper = doorkeeper
        self._greeting = 0
        self._passing = 0
        self._open: set[SocketLink] = set()

    def __len__(self) -> int:
        return len(self._open)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One client's socket, from beginning to end."""
        if self._greeting >= _MOST_GREETING:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=messages.LONGEST_MESSAGE, timeout=2.0, compress=False)
        await socket.prepare(request)
        link = SocketLink(socket, request.transport)
        self._open.add(link)
        try:
            session = await self._greeted(socket, link, passed=passing.PASSED in request.headers)
            if session is not None:
                await _Conversation(self, self._doorkeeper, session, link).run(socket)
        finally:
            self._open.discard(link)
            await link.finished()
        return socket

    async def close(self) -> None:
        """Every socket is closed."""
        for link in list(self._open):
            link.end()

    async def _greeted(self, socket: web.WebSocketResponse, link: SocketLink, *, passed: bool) -> Session | None:
        self._greeting += 1
        try:
            first = await socket.receive(_HELLO_SECONDS)
        except TimeoutError:
            link.end(code=REFUSED)
            return None
        finally:
            self._greeting -= 1
        if first.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            link.end()
            return None
        try:
            if first.type is not WSMsgType.TEXT:
                raise Refused("message_not_understood")
            session, resumed = self._doorkeeper.greet(messages.read_hello(first.data))
        except Refused as refused:
            self._turn_away(link, refused)
            return None
        except passing.Elsewhere as place:
            await self._pass_on(socket, link, first.data, place, passed=passed)
            return None
        older, session.link, session.unlinked_at = session.link, link, None
        if older is not None:
            older.end()
        link.post(self._doorkeeper.welcome(session, resumed))
        if not resumed:
            session.room.participants_changed()
        return session

    def _turn_away(self, link: SocketLink, refused: Refused) -> None:
        self.refused[refused.code] += 1
        link.end(messages.refusal(refused), REFUSED)

    async def _pass_on(
        self, socket: web.WebSocketResponse, link: SocketLink, hello: str, place: passing.Elsewhere, *, passed: bool
    ) -> None:
        if passed or self._passing >= _MOST_PASSING:
            self._turn_away(link, Refused("grant_elsewhere", node=place.node))
            return
        self._passing += 1
        try:
            await passing.pass_on(hello, place.at, socket)
        except passing.NotReached:
            self._turn_away(link, Refused("grant_elsewhere", node=place.node))
        finally:
            self._passing -= 1


class _Conversation:
    """What a session's client says over one socket."""

    def __init__(self, control: Control, doorkeeper: Doorkeeper, session: Session, link: SocketLink) -> None:
        at = asyncio.get_running_loop().time()
        self._control = control
        self._doorkeeper = doorkeeper
        self._session = session
        self._link = link
        self._allowed = Budget(_MESSAGES_PER_SECOND, _MESSAGES_AT_ONCE, at)
        self._offers = Budget(_OFFERS_PER_SECOND, _OFFERS_AT_ONCE, at)
        self._misunderstood = 0

    async def run(self, socket: web.WebSocketResponse) -> None:
        """Until the socket closes or the session ends."""
        loop = asyncio.get_running_loop()
        try:
            while not self._session.over:
                heard = await socket.receive(_QUIET_SECONDS)
                if heard.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                if not self._allowed.take(1, loop.time()):
                    raise _TooMuch("too_many")
                await self._heard(heard.data if heard.type is WSMsgType.TEXT else "", loop.time())
        except TimeoutError:
            self._link.end()
        except _TooMuch as broken:
            self._doorkeeper.leave(self._session, broken.reason)
        finally:
            if self._session.link is self._link:
                self._session.link = None
                self._session.unlinked_at = loop.time()

    async def _heard(self, text: str, at: float) -> None:
        number: int | None = None
        try:
            message = messages.read(text)
            number = message.number if isinstance(message, messages.Offer) else None
            await self._do(message, at)
        except Refused as refused:
            self._refuse(refused, number)
        except Exception:  # the edge of what clients may send: a defect costs one message, and is told in the log
            _LOG.exception("a message of %d characters could not be handled", len(text))
            self._refuse(Refused("message_not_understood"), number)

    def _refuse(self, refused: Refused, number: int | None) -> None:
        self._control.refused[refused.code] += 1
        self._link.post(messages.refusal(refused, number))
        if refused.code == "message_not_understood":
            self._misunderstood += 1
            if self._misunderstood >= _MOST_MISUNDERSTOOD:
                raise _TooMuch("not_understood")

    async def _do(self, message: messages.Message, at: float) -> None:
        connection = self._session.connection
        match message:
            case messages.Ping():
                self._link.post(said("pong"))
            case messages.Offer():
                if not self._offers.take(1, at):
                    raise Refused("too_many", limit=_OFFERS_PER_SECOND)
                # Reading a long offer takes ten milliseconds, in which everybody's sound would wait.
                offer = await asyncio.to_thread(sdp.parse, message.sdp)
                if not self._session.over:
                    answer, left_out = connection.offered(message, offer)
                    self._link.post(said("answer", number=message.number, sdp=answer, left_out=left_out))
            case messages.Mute():
                connection.mute(message.source, message.muted)
            case messages.Want():
                connection.want(message.track, message.height)
            case messages.Ask():
                connection.ask(message.track, message.clear)
            case messages.Bye():
                self._doorkeeper.leave(self._session, "bye")
            case messages.Hello():
                raise Refused("message_not_understood")
