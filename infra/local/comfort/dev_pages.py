"""Pages that follow every save: Vite's own server for each app that is worked on, in front of this hospital."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..pages import APPS


class DevPagesRefused(Exception):
    """They cannot be served; the message is one sentence."""


@contextmanager
def dev_pages(apps: list[str], web: Path, origin: str, first_port: int) -> Iterator[list[str]]:
    """Serves these apps as their sources stand, each on a port of its own from `first_port`; yields their addresses.
    DevPagesRefused."""
    strangers = [app for app in apps if app not in APPS]
    if strangers:
        raise DevPagesRefused(f"There is no app {strangers[0]!r}: choose of {', '.join(APPS)}.")
    if apps and not (web / "node_modules" / ".bin" / "vite").exists():
        raise DevPagesRefused("Vite is not installed: run `python3 infra/set_up.py --web` first.")
    running: list[subprocess.Popen[bytes]] = []
    try:
        for number, app in enumerate(apps):
            running.append(_started(web / "apps" / app, web, origin, first_port + number))
        yield [f"http://127.0.0.1:{first_port + number}/{app}/" for number, app in enumerate(apps)]
    finally:
        for process in running:
            process.terminate()


def _started(folder: Path, web: Path, origin: str, port: int) -> subprocess.Popen[bytes]:
    vite = web / "node_modules" / ".bin" / "vite"
    return subprocess.Popen(
        [str(vite), "--mode", "local-hospital", "--port", str(port), "--clearScreen", "false", "--logLevel", "warn"],
        cwd=folder,
        env={**os.environ, "HOSPITAL": origin},
        stdin=subprocess.DEVNULL,
    )
