"""A real local hospital for tests: its own process, port and state folder.

    with running_hospital(tmp_path / "state") as hospital:
        assert hospital.get("/api/directory/doctors").status_code == 200

Journeys take the fixture `hospital` of their module instead, see `conftest.py`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[2]
_LONGEST_START = 300.0
_LONGEST_REST = 60.0
"""Seconds in which a process that opens says nothing and computes nothing: then it is dead, on a busy machine too."""


class HospitalProcess:
    """Starts, answers, dies and comes back. All addresses are relative to its origin."""

    def __init__(self, state: Path, *arguments: str) -> None:
        self.state, self.arguments = state, arguments
        self.port = _free_port()
        self.output = state.parent / f"{state.name}.out"
        self._process: subprocess.Popen[bytes] | None = None
        self._session = requests.Session()

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:<port>`."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """`ws://127.0.0.1:<port>/socket`."""
        return f"ws://127.0.0.1:{self.port}/socket"

    @property
    def media_key(self) -> str:
        """What it shares with the relays of its calls."""
        return (self.state / "media.key").read_text(encoding="ascii")

    @property
    def turn_key(self) -> str:
        """What it shares with coturn."""
        return (self.state / "turn.key").read_text(encoding="ascii")

    @property
    def pid(self) -> int:
        """The process id of the running hospital."""
        assert self._process is not None
        return self._process.pid

    def command(self) -> list[str]:
        """The program that is started."""
        return [sys.executable, "-m", "infra.local", "--port", str(self.port), "--state", str(self.state)]

    def start(self) -> None:
        """Starts and waits until it says that it is ready. Its output is in the failure when it does not."""
        with self.output.open("ab") as output:
            begins_at = output.tell()
            self._process = subprocess.Popen(
                [*self.command(), *self.arguments],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(),
            )
        began = moved = time.monotonic()
        before = (0, 0)
        while min(began + _LONGEST_START, moved + _LONGEST_REST) > time.monotonic():
            said = self.output.read_bytes()[begins_at:].decode(errors="replace")
            if "Ready after" in said:
                return
            if self._process.poll() is not None:
                break
            if (now := (len(said), _ticks(self._process.pid))) != before:
                before, moved = now, time.monotonic()
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the hospital did not open:\n{said}")

    def kill(self) -> None:
        """`kill -9`: whatever it was doing is cut off."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> int:
        """Asks it to end; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=20)

    def restart(self) -> None:
        """`kill -9`, and open again on the same folder and port."""
        self.kill()
        self.start()

    def request(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        """One request; `body` goes as JSON, `token` as bearer. Redirects are not followed."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            more["data"] = json.dumps(body).encode()
        more.setdefault("timeout", 40)
        return self._session.request(method, self.origin + path, headers=sent, allow_redirects=False, **more)

    def get(self, path: str, **more: Any) -> requests.Response:
        """GET."""
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> requests.Response:
        """POST of a JSON body."""
        return self.request("POST", path, body=body, **more)

    def socket(self, query: str = "", **more: Any) -> ClientConnection:
        """An open WebSocket; use it in a `with`."""
        more.setdefault("compression", None)
        return connect(self.socket_url + (f"?{query}" if query else ""), open_timeout=20, **more)

    def knows_person(self, name: str, id_number: str) -> None:
        """The register of made-up people knows one more."""
        answer = self.post("/sandbox/api/population", {"name": name, "id_number": id_number})
        assert answer.status_code == 201, answer.text

    def messages_to(self, phone: str) -> list[dict[str, Any]]:
        """What the SMS inbox holds for a phone, newest first."""
        items: list[dict[str, Any]] = self.get(f"/sandbox/api/sms?phone={phone}").json()["items"]
        return items

    def accounts(self) -> dict[str, Any]:
        """The demo accounts, as the sign-in page shows them."""
        found: dict[str, Any] = self.get("/sandbox/api/accounts").json()
        return found

    def second_factor(self, account: str) -> str:
        """A code for the second step of this account that works now."""
        return str(self.post("/sandbox/api/second-factors", {"account": account}).json()["code"])


@contextmanager
def running_hospital(state: Path, *arguments: str) -> Iterator[HospitalProcess]:
    """A hospital for the length of a block."""
    process = HospitalProcess(state, *arguments)
    process.start()
    try:
        yield process
    finally:
        process.kill()


def eventually(question: Any, seconds: float = 10.0) -> Any:
    """Asks until the answer is true, at most so long; the last answer."""
    until = time.monotonic() + seconds
    answer = question()
    while not answer and time.monotonic() < until:
        time.sleep(0.02)
        answer = question()
    return answer


def _ticks(pid: int) -> int:
    """What a process has computed so far, in the kernel's hundredths; 0 where the kernel does not tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return 0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return int(user) + int(system)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _environment() -> dict[str, str]:
    """The developer's, without anything that would reach a real cloud."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**kept, "PYTHONUNBUFFERED": "1"}
