"""A client small enough for hundreds: control socket by aiohttp, checks by aioice's STUN, keys by aiortc's DTLS."""

from __future__ import annotations

import asyncio
import json
import secrets
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import wraps
from typing import Any

import aiohttp
from aioice import stun
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from media_fleet.relay import Relay
from media_fleet.settings import Settings, kid
from tests.media_fleet.relays import SECRET, grant

NODE = "node_1"
SETTINGS = Settings(node=NODE, secrets={kid(SECRET.encode()): SECRET.encode()})
DEADLINE_SECONDS = 30.0
CERTIFICATE = RTCCertificate.generateCertificate()
"""Of all clients: one is as good as another, and making one takes time."""


@asynccontextmanager
async def running(**changed: Any) -> AsyncIterator[Relay]:
    """A relay in this process."""
    relay = Relay(replace(SETTINGS, **changed))
    await relay.open()
    try:
        yield relay
    finally:
        await relay.close()


async def until(holds: Callable[[], object]) -> None:
    """Wait for what has to come true."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not holds():
            await asyncio.sleep(0.005)


class Udp(asyncio.DatagramProtocol):
    """A socket and what it received; `take`, when set, gets the datagrams instead."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes] = asyncio.Queue()
        self.take: Callable[[bytes], None] = self.received.put_nowait

    @classmethod
    async def to(cls, port: int, host: str = "127.0.0.1") -> Udp:
        """Connected to a relay."""
        loop = asyncio.get_running_loop()
        transport, made = await loop.create_datagram_endpoint(cls, remote_addr=(host, port))
        made.transport = transport
        return made

    transport: asyncio.DatagramTransport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.take(data)

    def error_received(self, exc: Exception) -> None:
        """The relay closed first."""

    def send(self, datagram: bytes) -> None:
        self.transport.sendto(datagram)

    async def next(self) -> bytes:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await self.received.get()


def check(ufrag: str, password: str, *, nominate: bool = True, controlled: bool = False) -> stun.Message:
    """A binding request as a browser makes it."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:peer"
    message.attributes["PRIORITY"] = 1
    message.attributes["ICE-CONTROLLED" if controlled else "ICE-CONTROLLING"] = 7
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    return message


class _Carrier:
    role = "controlling"
    state = "completed"

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue()

    async def _recv(self) -> bytes:
        datagram = await self.queue.get()
        if datagram is None:
            raise ConnectionError
        return datagram

    async def _send(self, datagram: bytes) -> None:
        self._peer.udp.send(datagram)


class Peer:
    """`say` and `hear` on the control socket; `connect` for media; then `send_rtp`, and `rtp` holds what came."""

    def __init__(self, relay: Relay, room: str, person: str) -> None:
        self.relay = relay
        self.node = relay.settings.node
        self.room = room
        self.person = person
        self.number = 0
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.stun: asyncio.Queue[bytes] = asyncio.Queue()
        self.ufrag = secrets.token_hex(4)
        self.others: list[dict[str, Any]] = []
        self.udp: Udp
        self._carrier = _Carrier(self)
        self.dtls = RTCDtlsTransport(self._carrier, [CERTIFICATE])  # type: ignore[arg-type]
        self.dtls._set_role("client")

    # -- control -------------------------------------------------------------------------------------------------

    async def open(self, session: aiohttp.ClientSession) -> None:
        """The control socket, without a word."""
        self.socket = await session.ws_connect(self.relay.control_url, max_msg_size=0)

    async def say(self, kind: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind, **fields}))

    async def hear(self, *kinds: str) -> dict[str, Any]:
        """The next message of one of these kinds; others are kept in `others`."""
        while True:
            message = await self.socket.receive(DEADLINE_SECONDS)
            assert message.type is aiohttp.WSMsgType.TEXT, (message.type, message.data, kinds)
            said: dict[str, Any] = json.loads(message.data)
            if said["type"] in kinds:
                return said
            self.others.append(said)

    async def closed(self) -> int | None:
        """The close code, when nothing more is said."""
        while True:
            message = await self.socket.receive(DEADLINE_SECONDS)
            if message.type is not aiohttp.WSMsgType.TEXT:
                return self.socket.close_code

    async def hello(self, **claims: Any) -> dict[str, Any]:
        """What the relay says to a new grant."""
        await self.say("hello", v=1, grant=grant(self.node, self.room, self.person, **claims))
        self.welcome = await self.hear("welcome", "refused")
        return self.welcome

    async def offer(
        self,
        sources: tuple[str, ...] = (),
        tracks: dict[str, str] | None = None,
        sdp: str | None = None,
        camera: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The answer; `tracks` by id with their kinds, `camera`: more that is said of it."""
        lines = [(source, "audio" if source == "microphone" else "video", "sendonly") for source in sources]
        lines += [(track, kind, "recvonly") for track, kind in (tracks or {}).items()]
        self.number += 1
        await self.say(
            "offer",
            number=self.number,
            sdp=sdp or offer_text([(kind, way) for _, kind, way in lines], self.ufrag),
            publish=[
                {"mid": str(n), "source": one} | (camera or {} if one == "camera" else {})
                for n, (one, _, way) in enumerate(lines)
                if way == "sendonly"
            ],
            subscribe=[{"mid": str(n), "track": one} for n, (one, _, way) in enumerate(lines) if way == "recvonly"],
        )
        self.answer = await self.hear("answer", "refused")
        return self.answer

    def answered(self, name: str) -> str:
        """The first value of an attribute of the answer."""
        line = next(line for line in self.answer["sdp"].splitlines() if line.startswith(f"a={name}:"))
        return str(line.partition(":")[2])

    # -- media ---------------------------------------------------------------------------------------------------

    async def connect(self) -> None:
        """Check, shake hands."""
        await self.bind()
        await self.check()
        async with asyncio.timeout(DEADLINE_SECONDS):
            algorithm, _, value = self.answered("fingerprint").partition(" ")
            await self.dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(algorithm, value)]))
        assert self.dtls.state == "connected"

    async def check(self) -> None:
        """Prove the address, and be answered."""
        self.udp.send(bytes(check(self.answered("ice-ufrag"), self.answered("ice-pwd"))))
        async with asyncio.timeout(DEADLINE_SECONDS):
            await self.stun.get()

    async def bind(self) -> None:
        """Another socket, as after a change of network."""
        self.udp = await Udp.to(self.relay.wire.port)
        self.udp.take = self._sort

    def _sort(self, datagram: bytes) -> None:
        if datagram[0] < 4:
            self.stun.put_nowait(datagram)
        elif datagram[0] < 64:
            self._carrier.queue.put_nowait(datagram)
        elif 191 < datagram[1] < 224:
            self.rtcp.append(self.dtls._rx_srtp.unprotect_rtcp(datagram))
        else:
            self.rtp.append(self.dtls._rx_srtp.unprotect(datagram))

    def send_rtp(self, payload: int, sequence: int, ssrc: int, body: bytes, mid: int = 0) -> None:
        """One packet, its m-line named by the mid extension."""
        head = struct.pack("!BBHLL", 0x90, payload, sequence, 960 * sequence, ssrc)
        extension = struct.pack("!HH", 0xBEDE, 1) + bytes((4 << 4, ord(str(mid)), 0, 0))
        self.udp.send(self.dtls._tx_srtp.protect(head + extension + body))

    async def close(self) -> None:
        """Leave without a word on the control socket."""
        await self.dtls.stop()
        self._carrier.queue.put_nowait(None)
        if hasattr(self, "udp"):
            self.udp.transport.close()
        await self.socket.close()


class Crowd:
    """Peers of a test, closed at its end."""

    def __init__(self, relay: Relay, session: aiohttp.ClientSession) -> None:
        self.relay = relay
        self.session = session
        self._peers: list[Peer] = []

    async def stranger(self, person: str = "ann", room: str = "call_1") -> Peer:
        """With a control socket, without a word."""
        peer = Peer(self.relay, room, person)
        await peer.open(self.session)
        self._peers.append(peer)
        return peer

    async def guest(self, person: str = "ann", room: str = "call_1", **claims: Any) -> Peer:
        """Let in."""
        peer = await self.stranger(person, room)
        assert (await peer.hello(**claims))["type"] == "welcome"
        return peer

    async def close(self) -> None:
        for peer in self._peers:
            await peer.close()


@asynccontextmanager
async def crowd(**settings: Any) -> AsyncIterator[Crowd]:
    """A relay, and room for peers."""
    async with running(**settings) as relay, aiohttp.ClientSession() as session:
        made = Crowd(relay, session)
        try:
            yield made
        finally:
            await made.close()


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """A test that is a coroutine."""

    @wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        asyncio.run(test(*arguments, **named))  # type: ignore[arg-type]

    return run


FINGERPRINT = next(one for one in CERTIFICATE.getFingerprints() if one.algorithm == "sha-256")
_AUDIO = ("111 63", ["rtpmap:111 opus/48000/2", "rtpmap:63 red/48000/2", "fmtp:63 111/111"])
_VIDEO = ("96 97", ["rtpmap:96 VP8/90000", "rtcp-fb:96 nack pli", "rtpmap:97 rtx/90000", "fmtp:97 apt=96"])


def offer_text(lines: list[tuple[str, str]], ufrag: str = "abcd", fingerprint: str | None = None) -> str:
    """SDP of m-lines by kind and direction, numbered from mid 0."""
    text = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    text.append("a=group:BUNDLE " + " ".join(str(number) for number in range(len(lines))))
    for number, (kind, direction) in enumerate(lines):
        formats, attributes = _AUDIO if kind == "audio" else _VIDEO
        text += [
            f"m={kind} 9 UDP/TLS/RTP/SAVPF {formats}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{number}",
            f"a={direction}",
            "a=rtcp-mux",
            f"a=ice-ufrag:{ufrag}",
            f"a=ice-pwd:{'p' * 24}",
            f"a=fingerprint:sha-256 {fingerprint or FINGERPRINT.value}",
            "a=setup:actpass",
            "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
            *(f"a={attribute}" for attribute in attributes),
        ]
    return "\r\n".join(text) + "\r\n"
