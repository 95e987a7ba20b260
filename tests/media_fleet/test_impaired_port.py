"""The port with a bad network before it brings what its line lets through, both ways, and lets clients move."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.builders.impaired_port import Address, ImpairedPort, impaired
from tests.builders.line import LineShape

pytestmark = pytest.mark.unit

WAIT = 10.0


@pytest.fixture
def target() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as target:
        target.bind(("127.0.0.1", 0))
        target.settimeout(WAIT)
        yield target


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(WAIT)
        yield client


def asked(client: socket.socket, port: ImpairedPort, target: socket.socket, data: bytes = b"ping") -> Address:
    """The client's address as the target sees it."""
    client.sendto(data, port.address)
    received, seen_from = target.recvfrom(100)
    assert received == data
    return seen_from  # type: ignore[no-any-return]


def test_it_carries_both_ways_and_moves_its_clients(target: socket.socket, client: socket.socket) -> None:
    with impaired(target.getsockname()) as port:
        first = asked(client, port, target)
        target.sendto(b"pong", first)
        assert client.recv(100) == b"pong"
        port.move()
        second = asked(client, port, target)
        assert second != first
        target.sendto(b"still", second)
        assert client.recv(100) == b"still"


def test_what_is_lost_up_never_comes_and_down_is_another_line(target: socket.socket, client: socket.socket) -> None:
    with impaired(target.getsockname()) as port:
        seen_from = asked(client, port, target)
        port.reshape(up=LineShape(loss=1), down=LineShape(delay=0.01))
        client.sendto(b"lost", port.address)
        target.sendto(b"down", seen_from)
        assert client.recv(100) == b"down"
        port.reshape(up=LineShape(), down=LineShape())
        asked(client, port, target, b"the next that comes")
        (leg,) = port.legs.values()
        assert (leg.up.sent, leg.up.lost) == (3, 1)
