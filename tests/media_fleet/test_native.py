"""The compiled part takes nothing on trust: what is malformed is told apart, and nothing of it ends the process."""

from __future__ import annotations

import random
import socket
from pathlib import Path

import pylibsrtp
import pytest

from media_fleet import native
from media_fleet.aiortc_inside import LONGEST_PACKET, Srtp

pytestmark = pytest.mark.media
KEY = bytes(range(30))
PACKET = bytes((0x80, 111, 0, 1)) + bytes(8) + b"sound"


@pytest.fixture
def srtp(compiled: native.Hot, monkeypatch: pytest.MonkeyPatch) -> Srtp:
    """Keys of which one side opens what the other sends."""
    monkeypatch.setattr(native, "hot", compiled)
    receiving, sending = (
        pylibsrtp.Session(pylibsrtp.Policy(key=KEY, ssrc_type=kind))
        for kind in (pylibsrtp.Policy.SSRC_ANY_INBOUND, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    )
    return Srtp(receiving, sending)


@pytest.fixture
def ear() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.settimeout(30)
    return made


def test_what_is_sent_is_received_and_opened(compiled: native.Hot, srtp: Srtp, ear: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth, ear:
        mouth.bind(("127.0.0.1", 0))
        port, sender = compiled.Port(mouth.fileno()), srtp.sender()
        assert sender is not None
        sender(PACKET)
        assert port.counted() == (0, 0, 0), "it aims at nobody"
        sender.aim(port, ear.getsockname())
        sender(PACKET)
        ear.recv(10)
        sender(PACKET[:3] + b"\x02" + PACKET[4:])
        inbox = compiled.Port(ear.fileno())
        [(datagram, address)] = inbox.receive()
        assert address == mouth.getsockname()
        assert srtp.unprotect(datagram) == PACKET[:3] + b"\x02" + PACKET[4:]
        assert srtp.unprotect(datagram) is None, "seen before"
        assert inbox.receive() == []
        assert port.counted() == (2, 2 * len(datagram), 0)
        assert port.counted() == (0, 0, 0)


def test_bad_packets_are_counted_and_go_nowhere(compiled: native.Hot, srtp: Srtp, ear: socket.socket) -> None:
    with ear:
        port, sender = compiled.Port(ear.fileno()), srtp.sender()
        assert sender is not None
        sender.aim(port, ear.getsockname())
        bad = [b"", b"\x80", PACKET[:11], b"\xbf" + PACKET[1:], bytes(LONGEST_PACKET + 1)]
        for packet in bad:
            sender(packet)
        assert port.counted() == (0, 0, len(bad))
        for nonsense in (None, "sound", bytearray(PACKET), memoryview(PACKET), 7):
            with pytest.raises(TypeError):
                sender(nonsense)  # type: ignore[arg-type]
        for address in (("nowhere", 1), ("127.0.0.1",), ("127.0.0.1", "1"), ()):
            with pytest.raises((TypeError, ValueError)):
                sender.aim(port, address)  # type: ignore[arg-type]
        sender.stop()
        sender(PACKET)
        assert port.counted() == (0, 0, 1), "the keys are forgotten"


def test_random_bytes_open_to_nothing(srtp: Srtp) -> None:
    chance = random.Random(7)
    protected = srtp.protect(PACKET)
    assert protected is not None
    good = bytes(protected)
    for _ in range(20_000):
        size = chance.choice((0, 1, 11, 12, 13, 40, 1500, LONGEST_PACKET, LONGEST_PACKET + 1, 4000))
        assert srtp.unprotect(chance.randbytes(size)) is None
        broken = bytearray(good)
        broken[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        assert srtp.unprotect(bytes(broken)) is None
    assert srtp.unprotect(good) == PACKET


def test_a_closed_port_touches_no_socket(compiled: native.Hot, srtp: Srtp, ear: socket.socket) -> None:
    """The number of a closed socket is soon another's."""
    with ear:
        port, sender = compiled.Port(ear.fileno()), srtp.sender()
        assert sender is not None
        sender.aim(port, ear.getsockname())
        port.close()
        sender(PACKET)
        assert port.counted() == (0, 0, 1)
        with pytest.raises(OSError, match="descriptor"):
            port.receive()


def test_it_makes_no_sense_without_keys(compiled: native.Hot) -> None:
    for numbers in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="needed"):
            compiled.Sender(*numbers, None)
        with pytest.raises(ValueError, match="needed"):
            compiled.Opener(*numbers, None)


def test_which_way_is_taken(tmp_path: Path) -> None:
    assert native.chosen({"RELAY_NATIVE": "no"}) is None
    with pytest.raises(ImportError):
        native.chosen({"RELAY_NATIVE": str(tmp_path / "none.so")})
