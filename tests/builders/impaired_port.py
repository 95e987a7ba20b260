"""A UDP port before another one, with a bad network on the way: each client has a leg of its own, up and down.

A relay that announces this port is reached through it, so calls of real browsers are impaired without rights on the
machine's network, and signalling stays whole.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.builders.line import CLEAN, Line, LineShape

Address = tuple[str, int]
START_SECONDS = 10


class ImpairedPort:
    """Forwards between its clients and `target`. The shapes hold for legs that come later too.

    `only_from`: a firewall that lets nobody's datagrams in but that host's; `turned_away` counts the others.
    """

    def __init__(self, target: Address, *, up: LineShape = CLEAN, down: LineShape = CLEAN, seed: int = 1) -> None:
        self.target, self.up, self.down, self.seed = target, up, down, seed
        self.legs: dict[Address, Leg] = {}
        self.address: Address = ("", 0)
        self.only_from = ""
        self.turned_away = 0
        self.loop = asyncio.new_event_loop()
        self._transport: asyncio.DatagramTransport | None = None

    def reshape(self, *, up: LineShape, down: LineShape) -> None:
        """From now on the network is this."""
        self.up, self.down = up, down
        for leg in list(self.legs.values()):
            leg.up.shape, leg.down.shape = up, down

    def move(self) -> None:
        """Every client comes from another address now, as after a change from WiFi to a phone's network."""
        self.loop.call_soon_threadsafe(self._move)

    def _move(self) -> None:
        for leg in self.legs.values():
            leg.reopen()

    async def open(self) -> None:
        """Opens the port on the loopback address."""
        self._transport, _ = await self.loop.create_datagram_endpoint(lambda: _Clients(self), ("127.0.0.1", 0))
        self.address = self._transport.get_extra_info("sockname")

    def close(self) -> None:
        """Closes the port and its legs."""
        for leg in self.legs.values():
            leg.close()
        if self._transport:
            self._transport.close()

    def leg_of(self, client: Address) -> Leg:
        """The client's leg, opened at its first datagram."""
        if client not in self.legs:
            self.legs[client] = Leg(self, client, seed=self.seed * 1000 + len(self.legs) * 2)
        return self.legs[client]

    def to_client(self, data: bytes, client: Address) -> None:
        """What came through a leg."""
        if self._transport and not self._transport.is_closing():
            self._transport.sendto(data, client)


class Leg:
    """One client's way to the target and back."""

    def __init__(self, port: ImpairedPort, client: Address, seed: int) -> None:
        self.port, self.client = port, client
        self.up, self.down = Line(port.up, seed), Line(port.down, seed + 1)
        self._opened: asyncio.Future[asyncio.DatagramTransport] = port.loop.create_future()
        self._opening = port.loop.create_task(self._open(self._opened))

    async def _open(self, opened: asyncio.Future[asyncio.DatagramTransport]) -> None:
        target = self.port.target
        transport, _ = await self.port.loop.create_datagram_endpoint(lambda: _Target(self), remote_addr=target)
        opened.set_result(transport)

    def reopen(self) -> None:
        """Another socket, so another address; what is still on its way through the old one is lost."""
        self.close()
        self._opened = self.port.loop.create_future()
        self._opening = self.port.loop.create_task(self._open(self._opened))

    def close(self) -> None:
        """Closes its socket."""
        self._opened.add_done_callback(lambda opened: opened.result().close())

    def sent(self, data: bytes) -> None:
        """A datagram of the client's sets out."""
        self._later(self.up, data, lambda: self._to_target(data))

    def answered(self, data: bytes) -> None:
        """A datagram of the target's sets out."""
        self._later(self.down, data, lambda: self.port.to_client(data, self.client))

    def _later(self, line: Line, data: bytes, arrive: Any) -> None:
        now = self.port.loop.time()
        at = line.take(len(data), now)
        if at is None:
            return
        if at <= now:
            arrive()
        else:
            self.port.loop.call_at(at, arrive)

    def _to_target(self, data: bytes) -> None:
        def send(opened: asyncio.Future[asyncio.DatagramTransport]) -> None:
            if not opened.result().is_closing():
                opened.result().sendto(data)

        if self._opened.done():
            send(self._opened)
        else:
            self._opened.add_done_callback(send)


class _Clients(asyncio.DatagramProtocol):
    def __init__(self, port: ImpairedPort) -> None:
        self.port = port

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self.port.only_from not in ("", addr[0]):
            self.port.turned_away += 1
        else:
            self.port.leg_of(addr).sent(data)


class _Target(asyncio.DatagramProtocol):
    def __init__(self, leg: Leg) -> None:
        self.leg = leg

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.leg.answered(data)


@contextmanager
def impaired(
    target: Address, *, up: LineShape = CLEAN, down: LineShape = CLEAN, seed: int = 1
) -> Iterator[ImpairedPort]:
    """The port, open in a thread of its own."""
    port = ImpairedPort(target, up=up, down=down, seed=seed)
    opened = threading.Event()

    def run() -> None:
        asyncio.set_event_loop(port.loop)
        port.loop.run_until_complete(port.open())
        opened.set()
        port.loop.run_forever()
        port.close()
        port.loop.run_until_complete(asyncio.sleep(0))
        port.loop.close()

    thread = threading.Thread(target=run, name="impaired port", daemon=True)
    thread.start()
    if not opened.wait(START_SECONDS):
        raise TimeoutError("the impaired port did not open")
    try:
        yield port
    finally:
        port.loop.call_soon_threadsafe(port.loop.stop)
        thread.join(START_SECONDS)
