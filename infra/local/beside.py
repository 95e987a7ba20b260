"""Outside parties as the local hospital starts them: programs of their own, each with a key that both sides keep over a
restart."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from .vendors import hand_over

_ANSWER_SECONDS = 10
_END_SECONDS = 5


class BesideRefused(Exception):
    """A program did not start; the message is one sentence."""


class Beside:
    """The running program `infra.local.<name>` with its store at `store`; `more` are its own arguments. It ends with
    this process, however that ends."""

    def __init__(self, root: Path, name: str, store: Path, key_file: Path, *more: str) -> None:
        self.name, self.key = name, _kept_key(key_file)
        command = [sys.executable, "-m", f"infra.local.{name}", str(store), "0", *more]
        self._process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(self.key + "\n")
        self._process.stdin.flush()
        self.url = self._process.stdout.readline().strip()
        if not self.url:
            raise BesideRefused(f"The small {name} cannot be started on {store}.")

    def hand_over(self, secret_id: str, region: str, **more: str) -> None:
        """The hospital gets the key, and what `more` belongs to it."""
        hand_over(self.name, {"id": "local", "key": self.key, **more}, secret_id, region)

    def ask(self, what: str, body: dict[str, Any]) -> tuple[int, Any]:
        """What the one who runs it asks, at `/_/<what>`: status and answer."""
        request = urllib.request.Request(
            f"{self.url}/_/{what}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=_ANSWER_SECONDS) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def close(self) -> None:
        """Tells it to end, and waits."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def _kept_key(file: Path) -> str:
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write(secrets.token_hex(24))
    return file.read_text(encoding="ascii").strip()
