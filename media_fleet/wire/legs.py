"""One client's transport: credentials that its checks prove, the address it is sent to, its keys."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from media_fleet.aiortc_inside import Certificate, Dtls, Fingerprint, HandshakeFailed, Srtp
from media_fleet.native import Port, Sender
from media_fleet.wire.budget import Budget
from media_fleet.wire.counts import WireCounts
from media_fleet.wire.stun import Address

_LOG = logging.getLogger(__name__)
_MOST_ADDRESSES = 8
_MOST_STREAMS = 64
"""SSRCs in one direction: three sources, three layers each, their repairs, and a few renewals."""
_WRONG_PASSWORD_BYTES = 64 * 1024
"""In a second, of checks that cost cryptography for nothing."""
_NEW_ADDRESSES_PER_SECOND = 10
_NEW_ADDRESSES_AT_ONCE = 50
_SILENT_PACKET = bytes((0x80, 201, 0, 1, 0, 0, 0, 1))
"""A receiver report about nothing, of SSRC 1 (RFC 3550 section 6.4.2): a sign of life."""
_SIGN_OF_LIFE_SECONDS = 0.4


class Heard(Protocol):
    """What a leg tells its session."""

    def up(self) -> None:
        """Keys are there: packets can be sent."""

    def down(self) -> None:
        """The handshake failed, or the client closed."""

    def rtp(self, packet: bytes, at: float) -> None:
        """A decrypted RTP packet."""

    def rtcp(self, packet: bytes, at: float) -> None:
        """A decrypted compound RTCP packet."""


@dataclass(frozen=True)
class Credentials:
    """ICE's user name fragment and password of the relay's side."""

    ufrag: str
    password: str

    @classmethod
    def new(cls) -> Credentials:
        """Unguessable (RFC 8445 section 5.3 asks for 24 and 128 bits)."""
        return cls(secrets.token_hex(8), secrets.token_hex(16))


class Leg:
    """Made by `Wire.leg`. Packets come and go in plain; addresses and keys are the leg's own affair."""

    def __init__(
        self,
        *,
        certificate: Certificate,
        counts: WireCounts,
        send: Callable[[bytes | memoryview, Address], None],
        port: Callable[[Address], Port | None],
        heard: Heard,
        bytes_per_second: float,
        at: float,
    ) -> None:
        self.credentials = Credentials.new()
        self.address: Address | None = None
        self.addresses: list[Address] = []
        self.heard_at: float | None = None
        self._wrong_passwords = Budget(_WRONG_PASSWORD_BYTES, _WRONG_PASSWORD_BYTES, at)
        self._new_addresses = Budget(_NEW_ADDRESSES_PER_SECOND, _NEW_ADDRESSES_AT_ONCE, at)
        self._counts = counts
        self._send = send
        self._port = port
        self._sender: Sender | None = None
        self._heard = heard
        self._allowed = Budget(bytes_per_second, 2 * bytes_per_second, at)
        self._dtls = Dtls(certificate, self._send_datagram, self._closed_by_client)
        self._srtp: Srtp | None = None
        self._streams: set[bytes] = set()
        self._sent_at = at
        self._handshake: asyncio.Task[None] | None = None
        self._fingerprints: tuple[Fingerprint, ...] = ()
        self._closed = False
        self.answers = 1
        """How often each answer to a check is sent: browsers leave a line on which few of them come back."""

    @property
    def is_up(self) -> bool:
        """Whether packets can be sent."""
        return self._srtp is not None

    def expect(self, fingerprints: Sequence[Fingerprint]) -> None:
        """Whose certificate the handshake has to show. Before the first check arrives."""
        self._fingerprints = tuple(fingerprints)

    def renew(self) -> Credentials:
        """New credentials for an ICE restart; returns the old."""
        old, self.credentials = self.credentials, Credentials.new()
        return old

    def may_prove(self, address: Address, size: int, at: float) -> bool:
        """Whether a check from there, of so many bytes, is looked at."""
        known = address in self.addresses or self._new_addresses.take(1, at)
        return known and self._wrong_passwords.has(size, at)

    def wrong_password(self, size: int, at: float) -> None:
        """A check proved nothing."""
        self._wrong_passwords.take(size, at)

    def checked_from(self, address: Address, nominated: bool, at: float) -> Address | None:
        """A proved check came from there. Returns an address that is forgotten for it, if any."""
        self.heard_at = at
        forgotten = None
        if address not in self.addresses:
            self.addresses.append(address)
            if len(self.addresses) > _MOST_ADDRESSES:
                forgotten = next(one for one in self.addresses if one != self.address)
                self.addresses.remove(forgotten)
        if nominated or self.address is None:
            self.address = address
            self._aim()
        if self._handshake is None and self._fingerprints and not self._closed:
            self._handshake = asyncio.get_running_loop().create_task(self._shake_hands())
        return forgotten

    def received_dtls(self, datagram: bytes, at: float) -> None:
        """A datagram of the association, from a proved address."""
        self.heard_at = at
        if not self._dtls.received(datagram):
            self._counts.dtls_dropped += 1

    def received_media(self, datagram: bytes, at: float) -> None:
        """SRTP or SRTCP from a proved address."""
        srtp, size = self._srtp, len(datagram)
        if srtp is None or size < 12:
            self._counts.not_ready += 1
            return
        if not self._allowed.take(size, at):
            self._counts.too_fast += 1
            return
        # RFC 5761 section 4: payload types 64-95 are not used for RTP where both share a port.
        is_rtcp = 191 < datagram[1] < 224
        stream = datagram[4:8] if is_rtcp else datagram[8:12]
        known = stream in self._streams
        if not known and len(self._streams) >= _MOST_STREAMS:
            self._counts.too_many_streams += 1
            return
        plain = srtp.unprotect_rtcp(datagram) if is_rtcp else srtp.unprotect(datagram)
        if plain is None:
            self._counts.unauthentic += 1
            return
        if not known:
            self._streams.add(stream)
        self.heard_at = at
        try:
            (self._heard.rtcp if is_rtcp else self._heard.rtp)(plain, at)
        except Exception:  # the edge of what strangers may send: one packet must not end everybody's calls
            self._counts.handler_failed += 1
            _LOG.exception("a packet of %d bytes could not be handled", len(plain))

    def rtp_sender(self) -> Callable[[bytes], None]:
        """The quickest `send_rtp` there is; for as long as the keys are these."""
        return self._sender or self.send_rtp

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send; before the keys are there, packets are dropped."""
        srtp, address = self._srtp, self.address
        if srtp is None or address is None:
            self._counts.not_ready += 1
            return
        datagram = srtp.protect(packet)
        if datagram is None:
            self._counts.not_sent += 1
            return
        self._send(datagram, address)

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send a compound RTCP packet."""
        srtp, address = self._srtp, self.address
        if srtp is None or address is None:
            self._counts.not_ready += 1
            return
        datagram = srtp.protect_rtcp(packet)
        if datagram is None:
            self._counts.not_sent += 1
            return
        self._send(datagram, address)

    def show_life(self, at: float) -> None:
        """Send something if the last sign is old: clients take 2 s of silence for a dead relay."""
        if self._srtp is not None and at - self._sent_at >= _SIGN_OF_LIFE_SECONDS:
            self._sent_at = at
            self.send_rtcp(_SILENT_PACKET)

    def abandon(self) -> None:
        """Nothing is told any more to whom the leg was made for."""
        self._closed = True

    async def close(self) -> None:
        """Say goodbye and forget the keys."""
        self.abandon()
        if self._handshake is not None and not self._handshake.done():
            self._handshake.cancel()
            await asyncio.wait([self._handshake])
        await self._dtls.close()
        self._forget_keys()

    async def _shake_hands(self) -> None:
        try:
            srtp = await self._dtls.connect(self._fingerprints)
        except HandshakeFailed:
            self._failed()
        except Exception:  # the edge of what strangers may send: OpenSSL's and aiortc's surprises end one leg
            _LOG.exception("a handshake broke")
            self._failed()
        else:
            if not self._closed:
                self._srtp = srtp
                self._sender = srtp.sender()
                self._aim()
                self._heard.up()

    def _failed(self) -> None:
        self._counts.dtls_failed += 1
        if not self._closed:
            self._heard.down()

    def _closed_by_client(self) -> None:
        self._forget_keys()
        if not self._closed:
            self._heard.down()

    def _forget_keys(self) -> None:
        self._srtp = None
        if self._sender is not None:
            self._sender.stop()
            self._sender = None

    def _aim(self) -> None:
        if self._sender is not None and self.address is not None and (port := self._port(self.address)) is not None:
            self._sender.aim(port, self.address)

    def _send_datagram(self, datagram: bytes) -> None:
        if self.address is not None:
            self._send(datagram, self.address)
