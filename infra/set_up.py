"""Sets this folder up: Python packages and pages, each only when what it is made from has changed.

Runs on the system's Python with nothing installed. What was made is remembered under `.set-up/` by a hash of its
sources. `--python` or `--web` sets up one of the two.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEMORY = ROOT / ".set-up"
UV = "0.13.9"
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20


class CannotSetUp(Exception):
    """What is missing or went wrong, in one sentence that says what to do."""


@dataclass(frozen=True)
class Step:
    """Something that is made from `sources`; `makes` has to be there afterwards."""

    name: str
    sources: Callable[[], Iterable[Path]]
    makes: tuple[Path, ...]
    make: Callable[[], None]


def main(arguments: list[str]) -> int:
    """0 when everything is there."""
    parser = argparse.ArgumentParser(description="Sets this folder up.")
    parser.add_argument("--python", action="store_true", help="only the Python packages")
    parser.add_argument("--web", action="store_true", help="only the pages")
    chosen = parser.parse_args(arguments)
    both = chosen.python == chosen.web
    lines: list[list[Step]] = []
    if both or chosen.python:
        lines.append([PACKAGES])
    if both or chosen.web:
        lines.append([NODE_PACKAGES, PAGES])
    try:
        _check_tools(web=both or chosen.web)
        _side_by_side(lines)
    except CannotSetUp as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _check_tools(*, web: bool) -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise CannotSetUp(f"Python {OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or later is needed; this is {sys.version}.")
    if not web:
        return
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        raise CannotSetUp(f"Node.js {OLDEST_NODE} or later with npm is needed to build the pages; install it first.")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    number = re.match(r"v(\d+)\.", version)
    if number is None or int(number[1]) < OLDEST_NODE:
        raise CannotSetUp(f"Node.js {OLDEST_NODE} or later is needed to build the pages; this is {version}.")


def _side_by_side(lines: list[list[Step]]) -> None:
    failures: list[CannotSetUp] = []

    def work(steps: list[Step]) -> None:
        try:
            for step in steps:
                _keep_up(step)
        except CannotSetUp as reason:
            failures.append(reason)

    threads = [threading.Thread(target=work, args=(steps,)) for steps in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _keep_up(step: Step) -> None:
    mark = MEMORY / f"{step.name}.sha256"
    digest = _digest(step.sources())
    if all(path.exists() for path in step.makes) and mark.exists() and mark.read_text() == digest:
        return
    print(f"  {step.name} ...", flush=True)
    began = time.monotonic()
    mark.unlink(missing_ok=True)
    step.make()
    MEMORY.mkdir(exist_ok=True)
    mark.write_text(digest)
    print(f"  {step.name}: done in {time.monotonic() - began:.0f} s", flush=True)


def _digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(str(file.relative_to(ROOT)).encode() + b"\0")
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _run(*command: str | Path, folder: Path = ROOT, **environment: str) -> None:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        words = " ".join(str(part) for part in command)
        raise CannotSetUp(f"{done.stdout}\n`{words}` failed; what it said stands above.")


# -- the steps --------------------------------------------------------------------------------------------------


def _python_sources() -> Iterable[Path]:
    return [ROOT / "pyproject.toml", ROOT / "uv.lock"]


def _install_python() -> None:
    own = MEMORY / "uv"
    uv = own / "bin" / "uv"
    if not (own / f"{UV}.installed").exists():
        shutil.rmtree(own, ignore_errors=True)
        _run(sys.executable, "-m", "venv", own)
        _run(own / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", f"uv=={UV}")
        (own / f"{UV}.installed").touch()
    _run(uv, "sync", "--frozen", "--quiet", "--python", sys.executable)


def _node_sources() -> Iterable[Path]:
    return [
        ROOT / "web/package-lock.json",
        *(ROOT / "web").glob("package.json"),
        *(ROOT / "web").glob("*/*/package.json"),
    ]


def _install_node() -> None:
    _run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=ROOT / "web")


def _page_sources() -> Iterable[Path]:
    left_out = {"node_modules", "dist"}
    for folder, folders, files in os.walk(ROOT / "web"):
        folders[:] = [name for name in folders if name not in left_out and not name.startswith(".")]
        yield from (Path(folder) / name for name in files)


def _build_pages() -> None:
    _run("npm", "run", "--silent", "build:local", folder=ROOT / "web")


PACKAGES = Step("Python packages", _python_sources, (ROOT / ".venv/bin/python",), _install_python)
NODE_PACKAGES = Step("Node packages", _node_sources, (ROOT / "web/node_modules",), _install_node)
PAGES = Step(
    "Pages",
    _page_sources,
    tuple(ROOT / "web/apps" / app / "dist/local" for app in ("patient", "staff", "sandbox", "docs")),
    _build_pages,
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
