"""A relay process as the tests start it, and the grants that a hospital would write for it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import jwt

from media_fleet.grants import AUDIENCE, ISSUER
from media_fleet.settings import kid

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret that hospital and relays share; which both know and no one else"
ALL_RIGHTS = ("publish", "subscribe", "share")


def grant(node: str, room: str, person: str, *, secret: str = SECRET, **changed: Any) -> str:
    """A token as the hospital writes it, good for a minute; `changed` replaces claims."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "jti": secrets.token_hex(16),
        "iat": now,
        "exp": now + 60,
        "node": node,
        "room": room,
        "sub": person,
        "name": person.title(),
        "rights": list(ALL_RIGHTS),
        "until": now + 3600,
        **changed,
    }
    return jwt.encode(claims, secret, "HS256", headers={"kid": kid(secret.encode())})


class RelayProcess:
    """`python -m media_fleet` on free ports of 127.0.0.1."""

    def __init__(self, node: str = "node_1", **settings: str) -> None:
        self.node = node
        environment = {name: text for name, text in os.environ.items() if not name.startswith("RELAY_")}
        environment |= {
            "RELAY_NODE": node,
            "RELAY_SECRETS": SECRET,
            "RELAY_DRAIN_SECONDS": "1",
            "PYTHONPATH": str(ROOT),
        }
        environment |= {f"RELAY_{name}": text for name, text in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "media_fleet"], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        ready: dict[str, Any] = json.loads(self.process.stdout.readline())
        self.control_url: str = ready["control_url"]
        self.media_port: int = ready["media_port"]

    def grant(self, room: str, person: str, **changed: Any) -> str:
        """For this node."""
        return grant(self.node, room, person, **changed)

    def metrics(self) -> dict[str, float]:
        """What it counts."""
        address = self.control_url.replace("ws://", "http://").replace("/v1/control", "/metrics")
        with urllib.request.urlopen(address, timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(number) for name, _, number in (line.rpartition(" ") for line in lines if line[0] != "#")}

    def stop(self) -> int:
        """Ask it to end; its code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()
