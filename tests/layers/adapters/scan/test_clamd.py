"""A ClamAV daemon is asked in its own words."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from adapters import scan
from adapters.scan import Both
from adapters.scan.clamd import ClamdScanner
from adapters.scan.finding import Finding
from adapters.scan.rules import RulesScanner
from hospital.errors import Unavailable
from tests.builders import files

pytestmark = pytest.mark.unit


@dataclass
class Daemon:
    """Speaks clamd's protocol: takes one INSTREAM a connection, and says what it is told to."""

    listening: socket.socket
    answer: bytes = b"stream: OK\0"
    most: int = 25_000_000
    asked: list[bytes] = field(default_factory=list)

    def serve(self) -> None:
        while True:
            try:
                peer, _ = self.listening.accept()
            except OSError:
                return
            with peer, peer.makefile("rb") as lines:
                self._one(peer, lines)

    def _one(self, peer: socket.socket, lines) -> None:
        if lines.read(len(b"zINSTREAM\0")) != b"zINSTREAM\0":
            peer.sendall(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!I", lines.read(4))[0]:
            content += lines.read(length)
            if len(content) > self.most:
                peer.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.asked.append(content)
        found = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if files.EICAR in content else self.answer
        for byte in found:  # an answer may come in pieces
            peer.sendall(bytes([byte]))


@pytest.fixture(params=["tcp", "unix"])
def daemon(request, tmp_path, metrics) -> Iterator[tuple[Daemon, ClamdScanner]]:
    if request.param == "tcp":
        listening = socket.create_server(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    else:
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(tmp_path / "clamd.sock"))
        listening.listen()
        address = f"unix:{tmp_path / 'clamd.sock'}"
    told = Daemon(listening)
    thread = threading.Thread(target=told.serve)
    thread.start()
    yield told, ClamdScanner(address)
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def test_every_byte_reaches_the_daemon(daemon):
    told, scanner = daemon
    content = bytes(range(256)) * 600
    assert scanner.scan(content, "text") is None
    assert told.asked == [content]


def test_what_it_finds_is_named(daemon):
    found = daemon[1].scan(b"words " + files.EICAR, "text")
    assert found == Finding("harmful", "Win.Test.EICAR_HDB-1")


@pytest.mark.parametrize("answer", [b"stream: Can't allocate memory ERROR\0", b"", b"\0", b"COMMAND READ TIMED OUT\0"])
def test_what_it_cannot_tell_is_asked_again_later(daemon, answer: bytes):
    told, scanner = daemon
    told.answer = answer
    with pytest.raises(Unavailable) as refusal:
        scanner.scan(b"words", "text")
    assert refusal.value.facts == {"adapter": "scan"}


def test_what_is_too_large_for_it_is_never_taken_for_clean(daemon):
    told, scanner = daemon
    told.most = 1000
    with pytest.raises(Unavailable):
        scanner.scan(bytes(3_000_000), "text")
    assert told.asked == []


def test_nobody_listens(metrics):
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    with pytest.raises(Unavailable):
        ClamdScanner(f"tcp://127.0.0.1:{port}").scan(b"words", "text")


@pytest.mark.parametrize("address", ["", "127.0.0.1:3310", "http://127.0.0.1:3310", "tcp://127.0.0.1", "unix:"])
def test_what_is_no_address_of_a_daemon(address: str):
    with pytest.raises(ValueError, match="SCAN_CLAMD_ADDRESS"):
        ClamdScanner(address)


def test_the_rules_come_first(daemon):
    told, scanner = daemon
    both = Both(RulesScanner(), scanner)
    assert both.scan(files.EICAR, "text") == Finding("harmful", "EICAR")
    assert told.asked == []
    assert both.scan(b"words", "text") is None
    assert told.asked == [b"words"]


def test_the_settings_name_the_scanner(monkeypatch):
    def named(adapter: str) -> object:
        current = SimpleNamespace(scan_adapter=adapter, scan_clamd_address="tcp://127.0.0.1:3310")
        monkeypatch.setattr(scan.settings, "current", lambda: current)
        return scan.scanner()

    assert isinstance(named("rules"), RulesScanner)
    assert isinstance(named("clamd"), Both)
    with pytest.raises(scan.AdapterUnknown, match="SCAN_ADAPTER=oracle"):
        named("oracle")
