"""Everything of aiortc and pylibsrtp that is private to them, in one place.

Written against aiortc 1.16.0 and pylibsrtp 1.0.0 (versions pinned in pyproject.toml, held by a contract test): DTLS is
aiortc's `RTCDtlsTransport` over a transport of ours, as server; SRTP is pylibsrtp's sessions that it made, used through
its binding on buffers that stay, because `Session.protect` allocates on every packet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pylibsrtp
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)
from aiortc.rtcicetransport import RTCIceTransport
from pylibsrtp import _binding

from media_fleet import native

LONGEST_PACKET = 1600
"""Bytes of a datagram that is looked at; what is larger was not made for a network of 1,500."""

_TRAILER = 16 + 128 + 4
_QUEUED_DATAGRAMS = 64
_HANDSHAKE_SECONDS = 20.0
_REPEATED_AFTER = (0.015, 0.040, 0.080, 0.150, 0.300)
"""Seconds after which each datagram of a flight is sent again: identical records are harmless, OpenSSL's own timer of
one second is what makes calls begin late on a bad line."""
_ALERT = 21


class HandshakeFailed(Exception):
    """The other side did not finish, or is not who its offer said."""


@dataclass(frozen=True)
class Fingerprint:
    """Hash of a certificate: algorithm in SDP's words, value in capitals with colons (RFC 8122)."""

    algorithm: str
    value: str


class Certificate:
    """The relay's self-signed certificate, one for the life of the process."""

    def __init__(self) -> None:
        self.inner = RTCCertificate.generateCertificate()

    @property
    def fingerprint(self) -> Fingerprint:
        """Its SHA-256 for answers."""
        found = next(one for one in self.inner.getFingerprints() if one.algorithm == "sha-256")
        return Fingerprint(found.algorithm, found.value)


class Srtp:
    """Keys of one leg: plain packets to protected ones and back. Answers are views that the next call overwrites."""

    def __init__(self, receiving: pylibsrtp.Session, sending: pylibsrtp.Session) -> None:
        # The sessions own what the handles point to.
        self._sessions = (receiving, sending)
        self._receiving = receiving._srtp[0]
        self._sending = sending._srtp[0]
        self._library = _binding.lib
        self._bytes = _binding.ffi.new("unsigned char[]", LONGEST_PACKET + _TRAILER)
        self._length = _binding.ffi.new("int *")
        self._view = memoryview(_binding.ffi.buffer(self._bytes))
        hot = native.hot
        self._opener = hot.Opener(*self._native("srtp_unprotect", self._receiving), receiving) if hot else None

    def protect(self, packet: bytes) -> memoryview | None:
        """The datagram of an RTP packet; None if it is no RTP packet or too long."""
        return self._run(self._library.srtp_protect, self._sending, packet)

    def protect_rtcp(self, packet: bytes) -> memoryview | None:
        """The datagram of an RTCP packet."""
        return self._run(self._library.srtp_protect_rtcp, self._sending, packet)

    def unprotect(self, datagram: bytes) -> bytes | None:
        """The RTP packet in a datagram; None if it is forged, seen before or malformed."""
        if self._opener is not None:
            return self._opener(datagram)
        plain = self._run(self._library.srtp_unprotect, self._receiving, datagram)
        return None if plain is None else bytes(plain)

    def unprotect_rtcp(self, datagram: bytes) -> bytes | None:
        """The RTCP packet in a datagram."""
        plain = self._run(self._library.srtp_unprotect_rtcp, self._receiving, datagram)
        return None if plain is None else bytes(plain)

    def sender(self) -> native.Sender | None:
        """Protects and sends with these keys, compiled; None where nothing is compiled."""
        hot = native.hot
        return hot.Sender(*self._native("srtp_protect", self._sending), self._sessions[1]) if hot else None

    def _native(self, function: str, session: Any) -> tuple[int, int]:
        """Where libsrtp's function and session are in memory."""
        ffi = _binding.ffi
        whole = (ffi.addressof(self._library, function), session)
        return int(ffi.cast("uintptr_t", whole[0])), int(ffi.cast("uintptr_t", whole[1]))

    def _run(self, function: Any, session: Any, packet: bytes) -> memoryview | None:
        size = len(packet)
        if size > LONGEST_PACKET:
            return None
        length = self._length
        self._view[:size] = packet
        length[0] = size
        if function(session, self._bytes, length):
            return None
        return self._view[: length[0]]


class _Carrier:
    """What `RTCDtlsTransport` takes for its ICE transport: datagrams out, and a bounded queue of datagrams in."""

    role = "controlled"
    state = "completed"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send_now = send
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(_QUEUED_DATAGRAMS)
        self._repeats: set[asyncio.TimerHandle] = set()
        self._closed = False

    def take(self, datagram: bytes) -> bool:
        """False when too many wait."""
        if self._closed or self._queue.full():
            return False
        self._queue.put_nowait(datagram)
        return True

    def close(self) -> None:
        """Nothing is sent again, and who waits for a datagram hears that there is none."""
        self._closed = True
        for handle in self._repeats:
            handle.cancel()
        self._repeats.clear()
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def _recv(self) -> bytes:
        datagram = await self._queue.get()
        if datagram is None:
            raise ConnectionError
        return datagram

    async def _send(self, datagram: bytes) -> None:
        self._send_now(datagram)
        if datagram[0] != _ALERT and not self._closed:
            loop = asyncio.get_running_loop()
            self._repeats = {handle for handle in self._repeats if handle.when() > loop.time()}
            for gap in _REPEATED_AFTER:
                self._repeats.add(loop.call_later(gap, self._send_now, datagram))


class Dtls:
    """One association with a client, which is the DTLS client."""

    def __init__(self, certificate: Certificate, send: Callable[[bytes], None], closed: Callable[[], None]) -> None:
        self._carrier = _Carrier(send)
        self._closed = closed
        self._transport = RTCDtlsTransport(cast(RTCIceTransport, self._carrier), [certificate.inner])
        self._transport._set_role("server")

    def received(self, datagram: bytes) -> bool:
        """Hand over one DTLS datagram; False when it had to be dropped."""
        return self._carrier.take(datagram)

    async def connect(self, fingerprints: Sequence[Fingerprint]) -> Srtp:
        """Shake hands and make the keys. Raises HandshakeFailed, also after 20 s.

        From then on `closed` is called once when the client says that it closes.
        """
        expected = RTCDtlsParameters([RTCDtlsFingerprint(one.algorithm, one.value) for one in fingerprints])
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                await self._transport.start(expected)
        except TimeoutError as error:
            raise HandshakeFailed from error
        if self._transport.state != "connected":
            raise HandshakeFailed
        self._transport.on("statechange", self._changed)
        return Srtp(self._transport._rx_srtp, self._transport._tx_srtp)

    async def close(self) -> None:
        """Say goodbye; nothing of the association is left."""
        self._transport.remove_all_listeners()
        task = self._transport._task
        await self._transport.stop()
        self._carrier.close()
        if task is not None:
            await asyncio.wait([task])

    def _changed(self) -> None:
        if self._transport.state == "closed":
            self._closed()
