"""Debian's coturn on the loopback address, for who cannot send UDP: `apt-get install coturn`.

Credentials as coturn's `use-auth-secret` takes them (draft-uberti-behave-turn-rest-00): the user name says until when
it is good, the password is its HMAC-SHA1 under a shared secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
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

    def credentials(self, person: str, seconds: int = 600) -> tuple[str, str]:
        """A user name that is good for so long, and its password."""
        username = f"{int(time.time()) + seconds}:{person}"
        digest = hmac.new(self.secret.encode(), username.encode(), hashlib.sha1).digest()
        return username, base64.b64encode(digest).decode()


@contextmanager
def turn_running(folder: Path, secret: str = "shared with the hospital") -> Iterator[Turn]:
    """The server, until the block ends. Its files are in `folder`."""
    turn = Turn(_free_port(), secret)
    command = [
        PROGRAM,
        *("-n", "--no-cli", "--no-tls", "--no-dtls", "--fingerprint", "--allow-loopback-peers"),
        *("--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--listening-port", str(turn.port)),
        *("--realm", REALM, "--use-auth-secret", "--static-auth-secret", secret),
        *("--userdb", str(folder / "turn.db"), "--pidfile", str(folder / "turn.pid"), "--log-file", "stdout"),
    ]
    with (folder / "turn.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _answers(turn.port, process)
            yield turn
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def _answers(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("coturn did not start")
