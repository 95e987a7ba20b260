"""Debian's coturn on the loopback address, for who cannot send UDP: `apt-get install coturn`.

It takes the credentials that the hospital makes with a shared secret (draft-uberti-behave-turn-rest-00).
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("turnserver") or "/usr/bin/turnserver"
REALM = "yunzhen.test"
RELAYS_FROM = "127.0.0.2"
"""The address of the loopback network from which it sends on: who comes from there came through TURN."""
START_SECONDS = 20


@dataclass(frozen=True)
class Turn:
    """A running server; `secret` is what the hospital shares with it."""

    port: int
    secret: str

    @property
    def over_tcp(self) -> str:
        """Its address for clients whose network lets no UDP out."""
        return f"turn:127.0.0.1:{self.port}?transport=tcp"


@contextmanager
def turn_running(folder: Path, turn: Turn) -> Iterator[Turn]:
    """The server, until the block ends. Its files are in `folder`."""
    command = [
        PROGRAM,
        *("-n", "--no-cli", "--no-tls", "--no-dtls", "--fingerprint", "--allow-loopback-peers"),
        *("--listening-ip", "127.0.0.1", "--relay-ip", RELAYS_FROM, "--listening-port", str(turn.port)),
        *("--realm", REALM, "--use-auth-secret", "--static-auth-secret", turn.secret),
        *("--userdb", str(folder / "turn.db"), "--pidfile", str(folder / "turn.pid"), "--log-file", "stdout"),
    ]
    with (folder / "turn.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _answers(turn.port, process)
            yield turn
        finally:
            process.terminate()


def _answers(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("coturn did not start")
