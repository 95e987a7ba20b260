"""The relays of the local hospital: the same program as in the cloud, as processes of this machine, kept like ECS does.

As many run as were asked for. One that ends is replaced; asked for fewer, none is ended: the fleet waits until one
ends by itself, which is what ECS does with tasks that protect themselves. `/sandbox/api/relays` shows and asks.

Browsers reach control sockets through the hospital's own origin (`/relays/<id>/v1/control`), which plays the balancer:
so it works encrypted and from phones too. Media goes straight to each relay's UDP port.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

_LOOK_EVERY = 0.2
_END_SECONDS = 5
_PAUSE_AFTER_FAILURE = 5.0
"""Seconds before another is started when one ended before it was ready."""
_LONGEST_MESSAGE = 2 << 20
SETTINGS = {"REGION": r"[A-Za-z0-9-]{1,40}", "MEDIA_PORT": r"[0-9]{1,5}", "ANNOUNCED": r"[0-9a-fA-F.:\[\],]{0,200}"}
"""What may be asked of relays, and its form: where they say they are, and by which way clients send them media."""


@dataclass
class _Running:
    """A process, and where its control socket listens once it said so."""

    id: str
    region: str
    process: subprocess.Popen[str]
    ready: dict[str, Any] = field(default_factory=dict)

    def listen(self, log: Path) -> None:
        """Takes its first line, then keeps what it says. Ends with the process."""
        assert self.process.stdout is not None
        with log.open("a", encoding="utf-8") as kept, self.process.stdout as lines:
            for line in lines:
                if not self.ready and line.startswith("{"):
                    self.ready = json.loads(line)
                kept.write(line)
                kept.flush()


class Relays:
    """`origin` is the hospital's, `secret` what it shares with them; media at `hosts`, logs in `logs`."""

    def __init__(self, root: Path, logs: Path, origin: str, secret: str, hosts: str, wanted: int) -> None:
        self.wanted = wanted
        self.settings: dict[str, str] = {}
        """Of those that begin from now on."""
        self.far: dict[str, int] = {}
        """Region to the ms that a control socket to one of its relays takes longer to open: here all are near."""
        self._root, self._logs, self._origin, self._secret, self._hosts = root, logs, origin, secret, hosts
        self._name, self._number = f"relay-{secrets.token_hex(3)}", 0
        self._running: dict[str, _Running] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="relays", daemon=True)

    def start(self) -> None:
        """From now on as many as are wanted."""
        self._thread.start()

    def close(self) -> None:
        """Ends them, without waiting for people: the hospital ends."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        with self._lock:
            for one in self._running.values():
                one.process.kill()
                one.process.wait(_END_SECONDS)
            self._running.clear()

    def shown(self) -> dict[str, Any]:
        """`{"wanted", "relays": [{"id", "pid", "control_url"}]}`; the address is empty until it listens."""
        with self._lock:
            running = [one for one in self._running.values() if one.process.poll() is None]
        found = [{"id": one.id, "pid": one.process.pid, "control_url": self._straight(one)} for one in running]
        return {"wanted": self.wanted, "relays": found}

    def straight(self, relay_id: str) -> str:
        """Where the control socket of that relay listens; empty when there is none."""
        with self._lock:
            one = self._running.get(relay_id)
        return self._straight(one) if one is not None else ""

    def far_ms(self, relay_id: str) -> int:
        """How much longer the way to that relay is made to take."""
        with self._lock:
            one = self._running.get(relay_id)
        return self.far.get(one.region, 0) if one is not None else 0

    @staticmethod
    def _straight(one: _Running) -> str:
        port = one.ready.get("control_port")
        return f"ws://127.0.0.1:{port}/v1/control" if port else ""

    def _keep(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                ended = [one for one in self._running.values() if one.process.poll() is not None]
                for one in ended:
                    del self._running[one.id]
                failed = any(not one.ready for one in ended)
                if not failed and len(self._running) < self.wanted:
                    self._begin()
            self._stopping.wait(_PAUSE_AFTER_FAILURE if failed else _LOOK_EVERY)

    def _begin(self) -> None:
        self._number += 1
        relay_id = f"{self._name}-{self._number}"
        environment = {name: text for name, text in os.environ.items() if not name.startswith("RELAY_")}
        environment |= {
            "RELAY_NODE": relay_id,
            "RELAY_SECRETS": self._secret,
            "RELAY_REGION": "local",
            "RELAY_MEDIA_HOSTS": self._hosts,
            "RELAY_CONTROL_URL": f"ws{self._origin.removeprefix('http')}/relays/{relay_id}/v1/control",
            "RELAY_REPORTS_URL": f"{self._origin}/api/calling/relay/reports",
            **{f"RELAY_{name}": text for name, text in self.settings.items()},
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.relay_beside"],
            cwd=self._root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        one = self._running[relay_id] = _Running(relay_id, environment["RELAY_REGION"], process)
        threading.Thread(target=one.listen, args=[self._logs / "relays.log"], daemon=True).start()


class RelayRoutes:
    """`/sandbox/api/relays`, and the door to each relay's control socket."""

    def __init__(self, relays: Relays) -> None:
        self._relays = relays

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        router.add_get("/sandbox/api/relays", self.show)
        router.add_put("/sandbox/api/relays", self.ask)
        router.add_get("/relays/{id}/v1/control", self.door)

    async def show(self, request: web.Request) -> web.Response:
        """How many are wanted, and which run."""
        return web.json_response(self._relays.shown(), headers={"Cache-Control": "no-store"})

    async def ask(self, request: web.Request) -> web.Response:
        """Takes `{"wanted": 2}`, from 0 to 9; with `settings` those of relays that begin from now on; with `far` how
        many ms longer the way to regions takes."""
        try:
            asked = json.loads(await request.text())
            wanted, settings, far = asked["wanted"], asked.get("settings"), asked.get("far")
        except (ValueError, KeyError, TypeError, AttributeError):
            wanted = settings = far = None
        if not _is_number(wanted, 9) or not _is_settings(settings) or not _is_far(far):
            return web.json_response({"code": "sandbox.number_not_understood", "facts": {}}, status=400)
        if settings is not None:
            self._relays.settings = settings
        if far is not None:
            self._relays.far = far
        self._relays.wanted = wanted
        return web.json_response(self._relays.shown())

    async def door(self, request: web.Request) -> web.StreamResponse:
        """Passes a socket on, both ways, until either side ends it."""
        address = self._relays.straight(request.match_info["id"])
        if not address:
            return web.json_response({"code": "sandbox.relay_not_there", "facts": {}}, status=503)
        await asyncio.sleep(self._relays.far_ms(request.match_info["id"]) / 1000)
        async with aiohttp.ClientSession() as session:
            try:
                inner = await session.ws_connect(address, max_msg_size=_LONGEST_MESSAGE + 1024)
            except (aiohttp.ClientError, TimeoutError):
                return web.json_response({"code": "sandbox.relay_not_there", "facts": {}}, status=503)
            outer = web.WebSocketResponse(max_msg_size=_LONGEST_MESSAGE + 1024)
            await outer.prepare(request)
            ways = [asyncio.ensure_future(_pass_on(outer, inner)), asyncio.ensure_future(_pass_on(inner, outer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            code = inner.close_code or outer.close_code or 1000
            await inner.close(code=outer.close_code or 1000)
            with suppress(ConnectionError):
                await outer.close(code=code if code != 1006 else 1011)
        return outer


def _is_number(given: Any, most: int) -> bool:
    return type(given) is int and 0 <= given <= most


def _is_far(given: Any) -> bool:
    return given is None or (isinstance(given, dict) and all(_is_number(ms, 5_000) for ms in given.values()))


def _is_settings(given: Any) -> bool:
    if given is None:
        return True
    named = given.items() if isinstance(given, dict) else [("", "")]
    return all(isinstance(text, str) and re.fullmatch(SETTINGS.get(name, ""), text) and name for name, text in named)


_Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _pass_on(taken: _Socket, given: _Socket) -> None:
    """Text only: the protocol has nothing else."""
    async for message in taken:
        if message.type is aiohttp.WSMsgType.TEXT:
            with suppress(ConnectionError):
                await given.send_str(message.data)
