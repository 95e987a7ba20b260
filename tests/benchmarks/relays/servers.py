"""The relays that are compared, each a process of its own: ours, and Janus with its plugin videoroom.

Both listen on an address that is not loopback's: Janus takes no other.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import aiohttp

from tests.benchmarks.relays.client import Client, Far, Line, answering, described
from tests.media_fleet.relays import RelayProcess

PLUGINS = Path("/usr/lib/x86_64-linux-gnu/janus/plugins")
TRANSPORTS = PLUGINS.with_name("transports")
_READY_SECONDS = 20.0
_PING_SECONDS = 5.0


@dataclass
class Room:
    """One publisher (m-lines: 0 the microphone, 1 the camera) and those who hear it."""

    publisher: Client
    receivers: list[Client]

    def close(self) -> None:
        """All leave."""
        for client in (self.publisher, *self.receivers):
            client.close()


class Server(Protocol):
    """A relay's process."""

    name: str
    pid: int

    async def room(self, receivers: int) -> Room:
        """A room in which everybody is connected."""

    async def stop(self) -> None:
        """The process ends."""


def address() -> str:
    """An IPv4 address of this machine that is not loopback's; loopback's when there is none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _published(client: Client, setup: str) -> str:
    lines = [
        Line("audio", "0", "sendonly", (client.ssrc,)),
        Line("video", "1", "sendonly", (client.ssrc + 1, client.ssrc + 2)),
    ]
    return described(lines, client.ufrag, setup)


class Ours:
    """`python -m media_fleet`; `settings` as `RELAY_…` without the prefix."""

    def __init__(self, name: str, **settings: str) -> None:
        self.name = name
        bounds = {"BITS_PER_SECOND": "1000000000", "PEOPLE_IN_ROOM": "16", "ROOMS": "500", "PEOPLE": "1000"}
        self._process = RelayProcess(name, MEDIA_HOSTS=address(), **bounds, **settings)
        self.pid = self._process.process.pid
        self._session: aiohttp.ClientSession
        self._sockets: list[aiohttp.ClientWebSocketResponse] = []
        self._listening: list[asyncio.Task[None]] = []

    @classmethod
    async def started(cls, name: str, **settings: str) -> Self:
        """Once it listens."""
        made = cls(name, **settings)
        made._session = aiohttp.ClientSession()
        return made

    async def room(self, receivers: int) -> Room:
        """Everybody as in a browser: hello, offer, answer, media."""
        name = f"call_{secrets.token_hex(4)}"
        publisher = Client()
        at = await self._enter(name, "publisher")
        sources = [{"mid": "0", "source": "microphone"}, {"mid": "1", "source": "camera", "heights": [720]}]
        await publisher.connect(await self._offered(at, _published(publisher, "actpass"), publish=sources))
        hearers = []
        for number in range(receivers):
            client = Client()
            at = await self._enter(name, f"receiver_{number}")
            tracks = {track["kind"]: track["id"] for track in at.tracks}
            lines = [Line("audio", "0", "recvonly"), Line("video", "1", "recvonly")]
            wanted = [{"mid": line.mid, "track": tracks[line.kind]} for line in lines]
            sdp = described(lines, client.ufrag, "actpass")
            await client.connect(await self._offered(at, sdp, subscribe=wanted))
            hearers.append(client)
        return Room(publisher, hearers)

    async def leave(self) -> None:
        """All control sockets close: the relay forgets who was there."""
        for one in self._sockets:
            with suppress(ConnectionError):  # it closed first
                await one.send_str(json.dumps({"type": "bye"}))
        await asyncio.gather(*self._listening)
        self._sockets.clear()
        self._listening.clear()

    def metrics(self) -> dict[str, float]:
        """What it counts."""
        return self._process.metrics()

    async def stop(self) -> None:
        """And its sockets."""
        try:
            await self.leave()
            await self._session.close()
        finally:
            await asyncio.to_thread(self._process.stop)

    async def _enter(self, room: str, person: str) -> _Entered:
        one = await self._session.ws_connect(self._process.control_url, max_msg_size=0)
        self._sockets.append(one)
        await one.send_str(json.dumps({"type": "hello", "v": 1, "grant": self._process.grant(room, person)}))
        welcome = await _heard(one, "welcome")
        return _Entered(one, welcome["tracks"])

    async def _offered(self, at: _Entered, sdp: str, **wishes: Any) -> Far:
        offer = {"type": "offer", "number": 1, "sdp": sdp, "publish": [], "subscribe": [], **wishes}
        await at.socket.send_str(json.dumps(offer))
        answer = await _heard(at.socket, "answer")
        self._listening.append(asyncio.create_task(_listen(at.socket)))
        return Far.told(answer["sdp"])


@dataclass
class _Entered:
    socket: aiohttp.ClientWebSocketResponse
    tracks: list[dict[str, Any]]


async def _listen(one: aiohttp.ClientWebSocketResponse) -> None:
    """Until it closes; who is silent is taken for gone."""
    pinging = asyncio.create_task(_ping(one))
    async for _ in one:
        pass
    pinging.cancel()


async def _ping(one: aiohttp.ClientWebSocketResponse) -> None:
    while True:
        await asyncio.sleep(_PING_SECONDS)
        await one.send_str(json.dumps({"type": "ping"}))


async def _heard(one: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = await one.receive_json(timeout=_READY_SECONDS)
        if message["type"] == kind:
            return message
        if message["type"] in ("refused", "bye"):
            raise RuntimeError(str(message))


class Janus:
    """Debian's package, set up in a folder of its own."""

    name = "janus"

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="janus-")
        self._port = _free_port()
        for file, text in _settings(self._port).items():
            (Path(self._folder.name) / file).write_text(text)
        self._process = subprocess.Popen(
            ["janus", "-F", self._folder.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.pid = self._process.pid
        self._replies: dict[str, asyncio.Queue[dict[str, Any]]] = {}
        self._up: dict[int, asyncio.Event] = {}
        self._session: aiohttp.ClientSession
        self._socket: aiohttp.ClientWebSocketResponse
        self._reading: asyncio.Task[None]

    @classmethod
    async def started(cls) -> Self:
        """Once it listens."""
        made = cls()
        made._session = aiohttp.ClientSession()
        until = time.monotonic() + _READY_SECONDS
        while True:
            try:
                made._socket = await made._session.ws_connect(
                    f"ws://127.0.0.1:{made._port}", protocols=["janus-protocol"], max_msg_size=0
                )
                break
            except aiohttp.ClientError:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.1)
        made._reading = asyncio.create_task(made._read())
        made._id = (await made._ask(janus="create"))["data"]["id"]
        return made

    _id: int

    async def room(self, receivers: int) -> Room:
        """As the plugin's own demo does it: the publisher offers, Janus offers to those who hear."""
        number = secrets.randbelow(1 << 30) + 1
        handle = await self._attach()
        create = {"request": "create", "room": number, "publishers": 16, "audiocodec": "opus", "videocodec": "vp8"}
        await self._say(handle, create)
        joined = await self._say(handle, {"request": "join", "ptype": "publisher", "room": number}, told=True)
        publisher = Client()
        sdp = _published(publisher, "active")
        published = await self._say(handle, {"request": "publish"}, ("offer", sdp), told=True)
        await publisher.connect(Far.told(published["jsep"]["sdp"]))
        await asyncio.wait_for(self._up[handle].wait(), _READY_SECONDS)
        hearers = []
        for _ in range(receivers):
            client = Client()
            handle = await self._attach()
            feed = joined["plugindata"]["data"]["id"]
            wish = {"request": "join", "ptype": "subscriber", "room": number, "streams": [{"feed": feed}]}
            offer = (await self._say(handle, wish, told=True))["jsep"]["sdp"]
            answer = described(answering(offer), client.ufrag, "active")
            await self._say(handle, {"request": "start"}, ("answer", answer), told=True)
            await client.connect(Far.told(offer))
            hearers.append(client)
        return Room(publisher, hearers)

    async def stop(self) -> None:
        """And its folder."""
        self._reading.cancel()
        await self._session.close()
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self._process.wait, 10)
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    async def _attach(self) -> int:
        told = await self._ask(janus="attach", session_id=self._id, plugin="janus.plugin.videoroom")
        handle = int(told["data"]["id"])
        self._up[handle] = asyncio.Event()
        return handle

    async def _say(
        self, handle: int, body: dict[str, Any], jsep: tuple[str, str] | None = None, told: bool = False
    ) -> dict[str, Any]:
        """A message to the plugin; `told`: its answer comes as an event, after an acknowledgement."""
        more = {"jsep": {"type": jsep[0], "sdp": jsep[1]}} if jsep else {}
        return await self._ask(told, janus="message", session_id=self._id, handle_id=handle, body=body, **more)

    async def _ask(self, told: bool = False, **message: Any) -> dict[str, Any]:
        name = secrets.token_hex(8)
        replies = self._replies[name] = asyncio.Queue()
        await self._socket.send_str(json.dumps({**message, "transaction": name}))
        while True:
            reply = await asyncio.wait_for(replies.get(), _READY_SECONDS)
            failed = reply["janus"] == "error" or "error" in reply.get("plugindata", {}).get("data", {})
            if failed:
                raise RuntimeError(str(reply))
            if not (told and reply["janus"] == "ack"):
                del self._replies[name]
                return reply

    async def _read(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if said["janus"] == "webrtcup":
                self._up[said["sender"]].set()
            if (waiting := self._replies.get(said.get("transaction", ""))) is not None:
                waiting.put_nowait(said)


def janus_is_here() -> bool:
    """Whether there is something to compare with."""
    return shutil.which("janus") is not None and PLUGINS.is_dir()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _settings(port: int) -> dict[str, str]:
    """Files by name. Everything that is not needed is left out, as whoever measures against it would."""
    plugins = _all_but("libjanus_videoroom.so", PLUGINS)
    transports = _all_but("libjanus_websockets.so", TRANSPORTS)
    return {
        "janus.jcfg": f"""
general: {{
    plugins_folder = "{PLUGINS}"
    transports_folder = "{TRANSPORTS}"
    debug_level = 2
    session_timeout = 0
    protected_folders = []
}}
media: {{ ipv6 = false, rtp_port_range = "20000-29999" }}
nat: {{ ice_enforce_list = "{address()}" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "{transports}" }}
""",
        "janus.transport.websockets.jcfg": f"""
general: {{ json = "compact", ws = true, ws_port = {port}, ws_ip = "127.0.0.1", wss = false }}
admin: {{ admin_ws = false }}
""",
        "janus.plugin.videoroom.jcfg": "general: {}\n",
    }


def _all_but(needed: str, folder: Path) -> str:
    return ",".join(found.name for found in folder.glob("*.so") if found.name != needed)
