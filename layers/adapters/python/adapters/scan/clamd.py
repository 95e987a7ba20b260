"""ClamAV's daemon, by its `INSTREAM` command (man clamd(8)).

`zINSTREAM\\0`, then chunks of a 4-byte length (network order) and bytes, ended by a length of 0. The answer ends with
a NUL: `stream: OK`, `stream: <name> FOUND`, or `... ERROR`.
"""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from urllib.parse import urlsplit

from adapters.scan.finding import Finding
from hospital.errors import Unavailable
from hospital.observability import say

_CHUNK = 64 * 1024
_CONNECT_SECONDS = 3
_ANSWER_SECONDS = 60
_LONGEST_ANSWER = 4096


class ClamdScanner:
    """Asks the daemon at `address`: `tcp://host:port` or `unix:/path/of/its/socket`."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if not ((parts.scheme == "tcp" and parts.hostname and parts.port) or (parts.scheme == "unix" and parts.path)):
            raise ValueError("SCAN_CLAMD_ADDRESS is not tcp://host:port or unix:/path")
        self._address = parts

    def scan(self, content: bytes, format_: str) -> Finding | None:
        """See `adapters.scan.Scanner`. What the daemon is too busy or too small to tell is `Unavailable`."""
        try:
            with closing(self._connect()) as peer:
                answer = _asked(peer, content)
        except OSError as error:
            say("the scanner did not answer", level="warning", failure=error, adapter="scan")
            raise Unavailable(adapter="scan") from None
        verdict = answer.partition(": ")[2]
        if verdict.endswith(" FOUND"):
            return Finding("harmful", verdict.removesuffix(" FOUND")[:100])
        if verdict != "OK":
            say("the scanner could not tell: see its own log", level="error", adapter="scan")
            raise Unavailable(adapter="scan")
        return None

    def _connect(self) -> socket.socket:
        if self._address.scheme == "tcp":
            peer = socket.create_connection((self._address.hostname, self._address.port or 0), _CONNECT_SECONDS)
        else:
            peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                peer.settimeout(_CONNECT_SECONDS)
                peer.connect(self._address.path)
            except OSError:
                peer.close()
                raise
        peer.settimeout(_ANSWER_SECONDS)
        return peer


def _asked(peer: socket.socket, content: bytes) -> str:
    """The daemon's answer; an early one (it takes no more) is read too."""
    try:
        peer.sendall(b"zINSTREAM\0")
        for at in range(0, len(content), _CHUNK):
            chunk = content[at : at + _CHUNK]
            peer.sendall(struct.pack("!I", len(chunk)) + chunk)
        peer.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it closed its end after answering, such as "INSTREAM size limit exceeded"
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        received = peer.recv(_LONGEST_ANSWER)
        if not received:
            break
        answer += received
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
