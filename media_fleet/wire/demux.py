"""All legs of a process: whose a datagram is, by its first byte, its address, and the user name of its checks."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any

from media_fleet.aiortc_inside import LONGEST_PACKET, Certificate
from media_fleet.settings import Announced
from media_fleet.wire import stun
from media_fleet.wire.counts import WireCounts
from media_fleet.wire.legs import Credentials, Heard, Leg
from media_fleet.wire.sockets import MediaSockets
from media_fleet.wire.stun import Address

_OLD_CREDENTIALS_SECONDS = 10.0
_HIGHEST_HOST_PRIORITY = 2_130_706_431
"""Of an only component (RFC 8445 section 5.1.2.1); one less for each further address."""


class Wire:
    """Owns the sockets. All of it runs on the event loop."""

    def __init__(
        self, hosts: Sequence[str], port: int, announced: Sequence[Announced], bytes_per_second: float
    ) -> None:
        self._counts = WireCounts()
        self.certificate = Certificate()
        self._sockets = MediaSockets(hosts, port, self._counts)
        self.port = self._sockets.port
        self._announced = tuple(announced) or tuple(Announced(host) for host in hosts)
        self._bytes_per_second = bytes_per_second
        self._by_ufrag: dict[str, tuple[Leg, Credentials]] = {}
        self._by_address: dict[Address, Leg] = {}
        self._old: deque[tuple[float, str]] = deque()
        self._legs: set[Leg] = set()

    def open(self) -> None:
        """Begin to read."""
        self._loop = asyncio.get_running_loop()
        self._sockets.read(self._loop, self.received)

    def close(self) -> None:
        """Stop reading; legs are closed before."""
        self._sockets.close()

    def __len__(self) -> int:
        return len(self._legs)

    @property
    def counts(self) -> WireCounts:
        """What became of datagrams so far."""
        self._sockets.collect()
        return self._counts

    @property
    def known(self) -> tuple[int, int]:
        """How many user names and addresses are remembered: both follow the legs."""
        return len(self._by_ufrag), len(self._by_address)

    def candidates(self) -> list[str]:
        """Values of `a=candidate` for answers (RFC 8839 section 5.1)."""
        return [
            f"{number} 1 udp {_HIGHEST_HOST_PRIORITY - number + 1} {one.host} {one.port or self.port} typ host"
            for number, one in enumerate(self._announced, 1)
        ]

    def default_address(self) -> str:
        """For `c=`: "IP4 203.0.113.5"."""
        host = self._announced[0].host
        return f"IP{ipaddress.ip_address(host).version} {host}"

    @property
    def reachable(self) -> bool:
        """Whether answers would name an address at all: "all addresses" is none."""
        return not any(ipaddress.ip_address(one.host).is_unspecified for one in self._announced)

    def announce(self, host: str) -> None:
        """From now on answers name this address, with the port that is listened on."""
        self._announced = (Announced(host),)

    def leg(self, heard: Heard) -> Leg:
        """A new client's transport."""
        made = Leg(
            certificate=self.certificate,
            counts=self._counts,
            send=self._sockets.send,
            port=self._sockets.port_for,
            heard=heard,
            bytes_per_second=self._bytes_per_second,
            at=self._loop.time(),
        )
        self._legs.add(made)
        self._by_ufrag[made.credentials.ufrag] = (made, made.credentials)
        return made

    def restart(self, leg: Leg) -> None:
        """ICE restart: new credentials; the old are good for a while, for checks that are on their way."""
        old = leg.renew()
        self._by_ufrag[leg.credentials.ufrag] = (leg, leg.credentials)
        self._old.append((self._loop.time() + _OLD_CREDENTIALS_SECONDS, old.ufrag))

    def forget(self, leg: Leg) -> Coroutine[Any, Any, None]:
        """The client is gone: nothing of it is taken any more, and what is returned says goodbye to it."""
        self._legs.discard(leg)
        for ufrag in [ufrag for ufrag, (owner, _) in self._by_ufrag.items() if owner is leg]:
            del self._by_ufrag[ufrag]
        for address in leg.addresses:
            if self._by_address.get(address) is leg:
                del self._by_address[address]
        leg.abandon()
        return leg.close()

    def tidy(self, at: float) -> None:
        """Every tenth of a second or so: signs of life, and old credentials end."""
        for leg in self._legs:
            leg.show_life(at)
        while self._old and self._old[0][0] <= at:
            self._by_ufrag.pop(self._old.popleft()[1], None)

    def received(self, datagram: bytes, address: Address, at: float) -> None:
        """One datagram (RFC 7983: 0-3 STUN, 20-63 DTLS, 128-191 RTP and RTCP)."""
        if not 0 < len(datagram) <= LONGEST_PACKET:
            self._counts.foreign += 1
            return
        first = datagram[0]
        if 127 < first < 192:
            leg = self._by_address.get(address)
            if leg is None:
                self._counts.unknown_address += 1
            else:
                leg.received_media(datagram, at)
        elif first < 4:
            self._checked(datagram, address, at)
        elif 19 < first < 64:
            leg = self._by_address.get(address)
            if leg is None:
                self._counts.unknown_address += 1
            else:
                leg.received_dtls(datagram, at)
        else:
            self._counts.foreign += 1

    def _checked(self, datagram: bytes, address: Address, at: float) -> None:
        request = stun.request_in(datagram)
        if request is None:
            self._counts.stun_malformed += 1
            return
        known = self._by_ufrag.get(request.ufrag)
        if known is None:
            self._counts.stun_unknown_user += 1
            return
        leg, credentials = known
        if not leg.may_prove(address, len(datagram), at):
            self._counts.stun_held_back += 1
            return
        message = stun.proved(request, credentials.password)
        if message is None:
            leg.wrong_password(len(datagram), at)
            self._counts.stun_wrong_password += 1
            return
        self._counts.stun_answered += 1
        if "ICE-CONTROLLED" not in message.attributes:
            self._moved(leg, address, "USE-CANDIDATE" in message.attributes, at)
        answer = stun.answer(message, address, credentials.password)
        for _ in range(leg.answers):
            self._sockets.send(answer, address)

    def _moved(self, leg: Leg, address: Address, nominated: bool, at: float) -> None:
        forgotten = leg.checked_from(address, nominated, at)
        if forgotten is not None and self._by_address.get(forgotten) is leg:
            del self._by_address[forgotten]
        # A port that another client had before (a router gave it away anew) is the newcomer's, who proved it.
        self._by_address[address] = leg
