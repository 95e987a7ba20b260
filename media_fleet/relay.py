"""The process: wire, rooms, control socket, reports, and the clock that drives them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import web

from media_fleet import health, messages
from media_fleet.control import QUALITY_EVERY_SECONDS, Control
from media_fleet.grants import Grants
from media_fleet.messages import said
from media_fleet.passing import CONTROL_PATH, Elsewhere
from media_fleet.refusals import Refused
from media_fleet.reports import Orders, Reports, Standing
from media_fleet.resuming import Home, Resuming
from media_fleet.rooms import Hall, Session
from media_fleet.settings import Settings
from media_fleet.wire.demux import Wire

_LOG = logging.getLogger(__name__)
_TICK_SECONDS = 0.01
_TIDY_EVERY = 10
"""Ticks between signs of life and looks at what is overdue."""
_MOVE_EVERY_SECONDS = 5.0


class Relay:
    """One node. `now` tells the time of day; everything else goes by the loop's clock. `keep` hears, again and again,
    whether the process is needed."""

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], float] = time.time,
        keep: Callable[[bool], None] = lambda needed: None,
    ) -> None:
        self.settings = settings
        self.wire = Wire(settings.media_hosts, settings.media_port, settings.announced, settings.bits_per_second / 8)
        self.draining = False
        self.empty = asyncio.Event()
        self.lag = 0.0
        self.control_url = settings.control_url
        self._now = now
        self._tasks: set[asyncio.Task[None]] = set()
        self._grants = Grants(settings.secrets, settings.node, now)
        self._resuming = Resuming(settings.secrets, Home(settings.node, settings.control_at))
        self.hall = Hall(settings, self.wire, self, self.begin, self._resuming.word)
        self._keep = keep
        self._quality_at = 0.0
        self._control = Control(self)
        self._failed_ticks = 0
        self._standing = Standing()
        self._moved_at = 0.0
        self._measured_at = 0.0
        self._measured = (0, 0.0)

    async def open(self) -> None:
        """Listen, and begin to report."""
        self._loop = asyncio.get_running_loop()
        self.wire.open()
        app = web.Application()
        app.router.add_get(CONTROL_PATH, self._control.serve)
        app.router.add_get("/health", self._health)
        app.router.add_get("/metrics", self._metrics)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.control_host, self.settings.control_port)
        await site.start()
        self.control_port: int = self._runner.addresses[0][1]
        self.control_url = (
            self.control_url or f"ws://{_host(self.settings.control_host)}:{self.control_port}{CONTROL_PATH}"
        )
        self._reports = Reports(self.settings, self.control_url, lambda: self._standing, self._ordered_from_thread)
        self._reports.start()
        self._ticking = self._loop.create_task(self._tick())

    async def close(self) -> None:
        """Everybody hears bye; the last facts are told; nothing is left."""
        for session in list(self.hall.sessions.values()):
            self.hall.leave(session, "drained")
        self._ticking.cancel()
        await self._control.close()
        await self._runner.cleanup()
        while self._tasks:
            await asyncio.wait(self._tasks)
        self.wire.close()
        await asyncio.to_thread(self._reports.stop)

    def drain(self) -> None:
        """Nobody new; everybody is asked to move. `empty` is set when the last has gone."""
        if not self.draining:
            self.draining = True
            self._measure()
            self._reports.hurry()
        self._tell_to_move(self._loop.time())

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside, and remember it until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- told by rooms and the control socket --------------------------------------------------------------------

    def fact(self, kind: str, room: str, session: Session | None = None, reason: str | None = None) -> None:
        """For the next report."""
        person = session.grant.person_id if session is not None else None
        self._reports.fact(
            kind, room, person_id=person, session=session.id if session is not None else None, reason=reason
        )

    def greet(self, hello: messages.Hello) -> tuple[Session, bool]:
        """The session and whether it goes on. Raises Refused, Elsewhere."""
        if hello.v != messages.VERSION:
            raise Refused("version_unknown", versions=[messages.VERSION])
        if hello.resume is not None:
            session = self.hall.resume(hello.resume.session, hello.resume.secret)
            if session is not None:
                return session, True
            if hello.grant is None:
                raise self._not_here(hello.resume.secret)
        if hello.grant is None:
            raise Refused("grant_invalid")
        if self.draining:
            raise Refused("draining")
        if not self.wire.reachable:
            raise Refused("node_full")
        return self.hall.enter(self._grants.take(hello.grant)), False

    def _not_here(self, word: str) -> Elsewhere | Refused:
        home = self._resuming.home(word)
        if home is None or home.node == self.settings.node or not home.at:
            return Refused("session_unknown")
        return Elsewhere(home.node, home.at)

    def welcome(self, session: Session, resumed: bool) -> str:
        """All that a client needs to begin or to go on."""
        return said(
            "welcome",
            v=messages.VERSION,
            node=self.settings.node,
            session=session.id,
            secret=session.secret,
            person_id=session.grant.person_id,
            resumed=resumed,
            participants=session.room.participants(),
            tracks=session.room.tracks(),
            limits={
                "participants": self.settings.people_in_room,
                "publish": messages.MOST_PUBLISHED,
                "subscribe": messages.MOST_SUBSCRIBED,
                "sdp_characters": messages.LONGEST_SDP,
                "messages_per_second": 20,
            },
            quality_every=QUALITY_EVERY_SECONDS,
        )

    def leave(self, session: Session, reason: str) -> None:
        """The session is over."""
        self.hall.leave(session, reason)

    # -- the clock -----------------------------------------------------------------------------------------------

    async def _tick(self) -> None:
        ticks, due = 0, self._loop.time()
        while True:
            due = max(due + _TICK_SECONDS, self._loop.time())
            await asyncio.sleep(due - self._loop.time())
            at = self._loop.time()
            self.lag = at - due
            for room in list(self.hall.rooms.values()):
                try:
                    room.exchange.tick(at)
                except Exception:  # one room's defect must not stop the clock of all
                    self._failed_ticks += 1
                    _LOG.exception("a tick failed")
            ticks += 1
            if ticks % _TIDY_EVERY == 0:
                self._tidy(at)

    def _tidy(self, at: float) -> None:
        self.wire.tidy(at)
        now = self._now()
        for session in list(self.hall.sessions.values()):
            reason = session.overdue(at, now)
            if reason is not None:
                self.hall.leave(session, reason)
        if at - self._measured_at >= 1.0:
            self._measure()
        if at - self._quality_at >= QUALITY_EVERY_SECONDS:
            self._quality_at = at
            for room in list(self.hall.rooms.values()):
                room.tell_quality(at)
        if self.draining:
            if not self.hall.sessions:
                self.empty.set()
            if at - self._moved_at >= _MOVE_EVERY_SECONDS:
                self._tell_to_move(at)

    def _tell_to_move(self, at: float) -> None:
        self._moved_at = at
        for session in self.hall.sessions.values():
            session.post(said("move", reason="drain"))

    def _measure(self) -> None:
        at, packets, busy = self._loop.time(), self.wire.counts.received + self.wire.counts.sent, time.process_time()
        seconds = max(at - self._measured_at, 0.001) if self._measured_at else 1.0
        packets_before, busy_before = self._measured
        self._measured_at, self._measured = at, (packets, busy)
        self._standing = Standing(
            draining=self.draining,
            rooms=len(self.hall.rooms),
            participants=len(self.hall.sessions),
            packets_per_second=round((packets - packets_before) / seconds),
            processor=round(min((busy - busy_before) / seconds, 1.0), 3),
        )
        self._keep(bool(self.hall.rooms) or not self.draining)

    # -- the hospital's orders -----------------------------------------------------------------------------------

    def _ordered_from_thread(self, orders: Orders) -> None:
        self._loop.call_soon_threadsafe(self._ordered, orders)

    def _ordered(self, orders: Orders) -> None:
        for room in orders.close:
            self.hall.close_room(room)
        for one in orders.remove:
            self.hall.remove(one.room, one.person_id)
        if orders.drain:
            self.drain()
        if orders.address is not None and self.settings.announce_reported:
            self.wire.announce(str(orders.address))

    # -- health --------------------------------------------------------------------------------------------------

    async def _health(self, request: web.Request) -> web.Response:
        return health.health(self.draining, self.lag)

    async def _metrics(self, request: web.Request) -> web.Response:
        usernames, addresses = self.wire.known
        gauges: dict[str, float] = {
            "draining": int(self.draining),
            "rooms": len(self.hall.rooms),
            "participants": len(self.hall.sessions),
            "control_sockets": len(self._control),
            "legs": len(self.wire),
            "usernames": usernames,
            "addresses": addresses,
            "tasks": len(asyncio.all_tasks()),
            "facts_waiting": self._reports.waiting,
            "loop_lag_seconds": self.lag,
        }
        counters: dict[str, float] = {f"wire_{name}": number for name, number in self.wire.counts.as_numbers().items()}
        counters |= {f"plane_{name}": number for name, number in self.hall.plane_counts().items()}
        counters |= {f'refused{{code="{code}"}}': number for code, number in self._control.refused.items()}
        counters |= {"reports_failed": self._reports.failed, "ticks_failed": self._failed_ticks}
        return health.metrics(gauges, counters)


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host
