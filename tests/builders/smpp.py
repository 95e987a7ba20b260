"""An SMPP centre that we did not write, on a loopback port: the server of npm's `smpp`, in a process of its own."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WEB = HERE.parents[1] / "web" / "package.json"
_PATIENCE = 30


class Centre:
    """What it heard, and what it does next. Its clerk lets `hospital` in with `secret`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self.heard: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()
        self.url = f"smpp://127.0.0.1:{self._until('open')['port']}"

    def turn(self, **mood: Any) -> None:
        """From here on: `statuses` of the next submits, `hangsUp` in the middle of one, or `hangsUpAfter` so many, the
        `state` that receipts tell, how many lines it `loses` before a receipt."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(mood) + "\n")
        self._process.stdin.flush()
        self._until("told")

    def begins(self) -> None:
        """As it was when it opened."""
        self.turn(begins=True)
        self.heard.clear()

    def all(self, event: str) -> list[dict[str, Any]]:
        """What it heard of one kind, oldest first."""
        self.turn()
        return [one for one in self.heard if one["event"] == event]

    def _until(self, event: str) -> dict[str, Any]:
        while True:
            one = self._lines.get(timeout=_PATIENCE)
            if one["event"] == event:
                return one
            self.heard.append(one)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))


@contextmanager
def opened_centre() -> Iterator[Centre]:
    """A centre that is open within the block."""
    node = shutil.which("node")
    assert node is not None, "the centre runs on Node, as the pages' build does"
    process = subprocess.Popen(
        [node, str(HERE / "smpp_centre.cjs"), str(WEB)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Centre(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(_PATIENCE)
