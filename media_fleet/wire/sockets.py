"""The UDP port: a socket for each address family, read in bounded gulps by the event loop."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence

from media_fleet import native
from media_fleet.aiortc_inside import LONGEST_PACKET
from media_fleet.wire.counts import WireCounts
from media_fleet.wire.stun import Address

_BUFFER = 4 << 20
_AT_ONCE = 64
"""Datagrams read before other tasks have their turn."""
_TRIES = 20
"""Ports tried when any will do and the second family's was taken."""


class CannotBind(Exception):
    """No port that is free in every address family asked for."""


class MediaSockets:
    """`received(datagram, address, at)` is called for each datagram, `at` in seconds of the loop's clock."""

    def __init__(self, hosts: Sequence[str], port: int, counts: WireCounts) -> None:
        self._counts = counts
        self._open = _bound(hosts, port)
        self.port: int = self._open[0].getsockname()[1]
        self._by_parts = {2 if one.family == socket.AF_INET else 4: one for one in self._open}
        hot = native.hot
        self._ports = {parts: hot.Port(one.fileno()) for parts, one in self._by_parts.items()} if hot else {}

    def read(self, loop: asyncio.AbstractEventLoop, received: Callable[[bytes, Address, float], None]) -> None:
        """Begin to read."""
        self._loop = loop
        for parts, one in self._by_parts.items():
            if parts in self._ports:
                loop.add_reader(one.fileno(), self._gulp_many, self._ports[parts], received)
            else:
                loop.add_reader(one.fileno(), self._gulp, one, received)

    def port_for(self, address: Address) -> native.Port | None:
        """What compiled senders send through to there; None where nothing is compiled."""
        return self._ports.get(len(address))

    def collect(self) -> None:
        """Bring the counts up to date with what compiled senders did."""
        for port in self._ports.values():
            sent, size, not_sent = port.counted()
            self._counts.sent += sent
            self._counts.sent_bytes += size
            self._counts.not_sent += not_sent

    def send(self, datagram: bytes | memoryview, address: Address) -> None:
        """Send now or never: what the network does not take at once is counted and gone, as packets may be."""
        try:
            self._by_parts[len(address)].sendto(datagram, address)
        except (OSError, KeyError):
            self._counts.not_sent += 1
        else:
            self._counts.sent += 1
            self._counts.sent_bytes += len(datagram)

    def close(self) -> None:
        """Nothing is read any more."""
        for port in self._ports.values():
            port.close()
        for one in self._open:
            self._loop.remove_reader(one.fileno())
            one.close()

    def _gulp_many(self, port: native.Port, received: Callable[[bytes, Address, float], None]) -> None:
        counts, at = self._counts, self._loop.time()
        try:
            found = port.receive()
        except OSError:
            counts.foreign += 1
            return
        for datagram, address in found:
            counts.received += 1
            counts.received_bytes += len(datagram)
            received(datagram, address, at)

    def _gulp(self, one: socket.socket, received: Callable[[bytes, Address, float], None]) -> None:
        counts, at = self._counts, self._loop.time()
        for _ in range(_AT_ONCE):
            try:
                datagram, address = one.recvfrom(LONGEST_PACKET + 1)
            except BlockingIOError:
                return
            except OSError:
                counts.foreign += 1
                return
            counts.received += 1
            counts.received_bytes += len(datagram)
            received(datagram, address, at)


def _bound(hosts: Sequence[str], port: int) -> list[socket.socket]:
    for _ in range(1 if port else _TRIES):
        opened: list[socket.socket] = []
        try:
            for host in hosts:
                opened.append(_socket(host, port or (opened[0].getsockname()[1] if opened else 0)))
        except OSError as error:
            for one in opened:
                one.close()
            reason = error
        else:
            return opened
    raise CannotBind(f"no UDP port on {', '.join(hosts)}: {reason}")


def _socket(host: str, port: int) -> socket.socket:
    version = ipaddress.ip_address(host).version
    made = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_DGRAM)
    try:
        if version == 6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            made.setsockopt(socket.SOL_SOCKET, buffer, _BUFFER)
        made.setblocking(False)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made
