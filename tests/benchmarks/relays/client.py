"""A participant of a benchmark: one socket, aiortc's DTLS as client, SRTP; towards any relay that is ICE-lite."""

from __future__ import annotations

import asyncio
import secrets
import socket
from dataclasses import dataclass, field

from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from media_fleet import codecs
from media_fleet.aiortc_inside import Srtp
from media_fleet.wire import stun
from tests.media_fleet.peers import CERTIFICATE, DEADLINE_SECONDS, FINGERPRINT, check

SO_TIMESTAMPNS = 35
PASSWORD = "p" * 24
OPUS, VP8, VP8_RTX = 111, 96, 97
WIDE, MID = 3, 4
EXTENSIONS = {WIDE: codecs.TRANSPORT_CC, MID: codecs.MID}
_BUFFER = 4 << 20
_CHECK_SECONDS = 2.5
"""As browsers do: who is silent for long is taken for gone."""


@dataclass(frozen=True)
class Far:
    """The relay's side, from its description: credentials, fingerprint (algorithm, value), address of media."""

    ufrag: str
    password: str
    fingerprint: tuple[str, str]
    address: tuple[str, int]

    @classmethod
    def told(cls, sdp: str) -> Far:
        """Of the first m-line's, which all share."""
        values = dict(reversed([line[2:].split(":", 1) for line in sdp.splitlines() if ":" in line and line[0] == "a"]))
        algorithm, value = values["fingerprint"].split(" ")
        parts = values["candidate"].split(" ")
        return cls(values["ice-ufrag"], values["ice-pwd"], (algorithm, value), (parts[4], int(parts[5])))


@dataclass
class Line:
    """An m-line. `ssrcs`: of what is sent."""

    kind: str
    mid: str
    direction: str
    ssrcs: tuple[int, ...] = ()
    payloads: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.payloads:
            self.payloads = ["111"] if self.kind == "audio" else ["96", "97"]
            self.attributes = list(_AUDIO if self.kind == "audio" else _VIDEO)


_EXTMAP = [f"extmap:{number} {uri}" for number, uri in EXTENSIONS.items()]
_AUDIO = ["rtpmap:111 opus/48000/2", "fmtp:111 useinbandfec=1", "rtcp-fb:111 transport-cc", *_EXTMAP]
_VIDEO = [
    "rtpmap:96 VP8/90000",
    *(f"rtcp-fb:96 {what}" for what in codecs.FEEDBACK["video"]),
    "rtpmap:97 rtx/90000",
    "fmtp:97 apt=96",
    *_EXTMAP,
]


def described(lines: list[Line], ufrag: str, setup: str) -> str:
    """SDP of these m-lines."""
    text = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    text.append("a=group:BUNDLE " + " ".join(line.mid for line in lines))
    for line in lines:
        text += [
            f"m={line.kind} 9 UDP/TLS/RTP/SAVPF {' '.join(line.payloads)}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{line.mid}",
            f"a={line.direction}",
            "a=rtcp-mux",
            f"a=ice-ufrag:{ufrag}",
            f"a=ice-pwd:{PASSWORD}",
            f"a=fingerprint:sha-256 {FINGERPRINT.value}",
            f"a=setup:{setup}",
            *(f"a={attribute}" for attribute in line.attributes),
        ]
        if len(line.ssrcs) == 2:
            text.append(f"a=ssrc-group:FID {line.ssrcs[0]} {line.ssrcs[1]}")
        text += [f"a=ssrc:{ssrc} cname:bench" for ssrc in line.ssrcs]
    return "\r\n".join(text) + "\r\n"


def answering(offer: str) -> list[Line]:
    """The m-lines that take what an offer sends, as it offers it."""
    lines: list[Line] = []
    for text in offer.splitlines():
        if text.startswith("m="):
            kind, _, _, *payloads = text[2:].split(" ")
            lines.append(Line(kind, "", "recvonly", payloads=payloads))
        elif text.startswith("a=mid:"):
            lines[-1].mid = text[6:]
        elif lines and text.startswith(("a=rtpmap", "a=fmtp", "a=rtcp-fb", "a=extmap")):
            lines[-1].attributes.append(text[2:])
    return lines


class _Carrier:
    """What aiortc's DTLS takes for its ICE transport."""

    role = "controlling"
    state = "completed"

    def __init__(self, client: Client) -> None:
        self._client = client
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()

    async def _recv(self) -> bytes:
        return await self.queue.get()

    async def _send(self, datagram: bytes) -> None:
        self._client.socket.send(datagram)


class Client:
    """`connect`, then `srtp` and `socket` are the load's to use. The socket tells when the kernel got each datagram."""

    def __init__(self) -> None:
        self.ufrag = secrets.token_hex(4)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self.socket.setsockopt(socket.SOL_SOCKET, buffer, _BUFFER)
        self._carrier = _Carrier(self)
        self._proved = asyncio.Event()
        self._proving: asyncio.Task[None]
        self._dtls = RTCDtlsTransport(self._carrier, [CERTIFICATE])  # type: ignore[arg-type]
        self._dtls._set_role("client")
        self.ssrc = secrets.randbits(31) | 1
        self.srtp: Srtp

    async def connect(self, far: Far) -> None:
        """Prove the address, shake hands."""
        loop = asyncio.get_running_loop()
        self.far = far
        self.socket.connect(far.address)
        loop.add_reader(self.socket.fileno(), self._arrived)
        self._proving = asyncio.create_task(self._keep_proving())
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await self._proved.wait()
                await self._dtls.start(RTCDtlsParameters([RTCDtlsFingerprint(*far.fingerprint)]))
        finally:
            loop.remove_reader(self.socket.fileno())
        if self._dtls.state != "connected":
            raise ConnectionError("DTLS")
        self.srtp = Srtp(self._dtls._rx_srtp, self._dtls._tx_srtp)

    async def _keep_proving(self) -> None:
        while True:
            self._prove()
            await asyncio.sleep(_CHECK_SECONDS if self._dtls.state == "connected" else 0.05)

    def _prove(self) -> None:
        request = check(self.far.ufrag, self.far.password)
        request.attributes["USERNAME"] = f"{self.far.ufrag}:{self.ufrag}"
        request.add_message_integrity(self.far.password.encode())
        self.socket.send(bytes(request))

    def profile(self) -> str:
        """The SRTP profile that was agreed."""
        return str(self._dtls._ssl.get_selected_srtp_profile().decode())

    def close(self) -> None:
        """Without a word."""
        self._proving.cancel()
        if self._dtls._task is not None:
            self._dtls._task.cancel()
        self.socket.close()

    def checked(self, datagram: bytes) -> None:
        """An answer, or a check of the relay's (Janus is no ICE-lite), which is answered."""
        request = stun.request_in(datagram)
        if request is None:
            self._proved.set()
        elif (message := stun.proved(request, PASSWORD)) is not None:
            self.socket.send(stun.answer(message, self.far.address, PASSWORD))

    def _arrived(self) -> None:
        while True:
            try:
                datagram = self.socket.recv(2048)
            except BlockingIOError:
                return
            if 19 < datagram[0] < 64:
                self._carrier.queue.put_nowait(datagram)
            elif datagram[0] < 4:
                self.checked(datagram)
