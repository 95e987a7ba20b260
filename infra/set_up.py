"""Prepares a fresh clone: Python packages and built pages, side by side, each skipped when nothing changed.

Runs under the system's Python with its standard library only: `python3 infra/set_up.py [--python-only | --web]`.
What was done is remembered under `.set-up/`, with the full output of each step in `.set-up/logs/`.
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
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEMORY = ROOT / ".set-up"
WEB = ROOT / "web"
UV = "0.13.9"
OLDEST_PYTHON, OLDEST_NODE = (3, 11), (20, 19)
_SAY_AGAIN = 10.0
_BEGAN = time.monotonic()
_SAYING = threading.Lock()

# What a build of the pages is made from, beside the lock.
_NOT_SOURCES = {"node_modules", "dist", ".vite", "coverage", "test-results"}


class NotPossible(Exception):
    """Set-up cannot go on; the message says in one sentence what to do."""


def main() -> int:
    """0 when everything is ready, 1 with a sentence when not."""
    parser = argparse.ArgumentParser(description="Prepares a fresh clone of the hospital.")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--python-only", action="store_true", help="Python packages only")
    only.add_argument("--web", action="store_true", help="the pages only")
    chosen = parser.parse_args()
    if sys.version_info < OLDEST_PYTHON:
        say("set-up", f"Python {_dotted(OLDEST_PYTHON)} or newer is needed; this is {sys.version.split()[0]}.")
        return 1
    (MEMORY / "logs").mkdir(parents=True, exist_ok=True)
    parts: list[Callable[[], None]] = []
    if not chosen.web:
        parts.append(prepare_python)
    if not chosen.python_only:
        parts.append(prepare_pages)
    problems = side_by_side(parts)
    for problem in problems:
        say("set-up", str(problem))
    return 1 if problems else 0


def prepare_python() -> None:
    """`.venv` as the lock says, made by a pinned uv that has an environment of its own."""
    tools = MEMORY / "tools"
    uv = tools / ("Scripts" if os.name == "nt" else "bin") / "uv"
    wanted = digest([ROOT / "uv.lock", ROOT / "pyproject.toml"], sys.version, UV)
    interpreter = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    if interpreter.exists() and remembered("python") == wanted:
        say("python", "packages are as the lock says")
        return
    if not uv.exists() or remembered("uv") != UV:
        shutil.rmtree(tools, ignore_errors=True)
        run("python", "a small environment for uv", [sys.executable, "-m", "venv", str(tools)], ROOT)
        pip = [str(uv.parent / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"uv=={UV}"]
        run("python", f"uv {UV}", pip, ROOT)
        remember("uv", UV)
    sync = [str(uv), "sync", "--frozen", "--no-python-downloads", "--python", sys.executable]
    run("python", "packages of uv.lock", sync, ROOT, without=("VIRTUAL_ENV",))
    remember("python", wanted)


def prepare_pages() -> None:
    """`node_modules` as the lock says, and each app's build for the local hospital."""
    npm = demand_node()
    lock = digest([WEB / "package-lock.json"], _output(["node", "--version"]))
    if (WEB / "node_modules").is_dir() and remembered("npm") == lock:
        say("pages", "packages are as the lock says")
    else:
        run("pages", "packages of package-lock.json", [npm, "ci", "--no-audit", "--no-fund"], WEB)
        remember("npm", lock)
    sources = digest(sorted(page_sources()), lock)
    apps = [folder for folder in sorted((WEB / "apps").iterdir()) if (folder / "index.html").is_file()]
    built = all((app / "dist" / "local" / "index.html").is_file() for app in apps)
    if built and remembered("pages") == sources:
        say("pages", "are built from these sources")
        return
    run("pages", f"build of {', '.join(app.name for app in apps)}", [npm, "run", "build:local"], WEB)
    remember("pages", sources)


def demand_node() -> str:
    """The path of npm. NotPossible when Node is missing or too old."""
    npm = shutil.which("npm")
    wanted = f"Node.js {_dotted(OLDEST_NODE)} or newer with npm is needed to build the pages"
    if shutil.which("node") is None or npm is None:
        raise NotPossible(f"{wanted}, and is not on the PATH; install it from your system's packages or nodejs.org.")
    found = _output(["node", "--version"])
    numbers = tuple(int(number) for number in re.findall(r"\d+", found)[:2])
    if numbers < OLDEST_NODE:
        raise NotPossible(f"{wanted}; the one on the PATH is {found}.")
    return npm


def page_sources() -> Iterable[Path]:
    """Every file that a build of the pages reads."""
    for folder, folders, files in os.walk(WEB):
        folders[:] = [name for name in folders if name not in _NOT_SOURCES]
        yield from (Path(folder) / name for name in files if not name.endswith(".tsbuildinfo"))
    openapi = ROOT / "docs" / "openapi.json"
    if openapi.is_file():
        yield openapi


def digest(files: Iterable[Path], *words: str) -> str:
    """A hash over names and contents of files, and over words."""
    whole = hashlib.sha256(repr(words).encode())
    for file in files:
        whole.update(str(file.relative_to(ROOT)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def remembered(name: str) -> str | None:
    """The hash of what a step was done for, if it was."""
    note = MEMORY / f"{name}.done"
    return note.read_text() if note.is_file() else None


def remember(name: str, mark: str) -> None:
    """Notes that a step is done."""
    (MEMORY / f"{name}.done").write_text(mark)


def run(part: str, title: str, command: list[str], folder: Path, without: tuple[str, ...] = ()) -> None:
    """One command, its output in a log, its seconds told. NotPossible with the log's end when it fails."""
    log = MEMORY / "logs" / f"{part}.log"
    began = time.monotonic()
    say(part, f"{title} ...")
    environment = {name: value for name, value in os.environ.items() if name not in without}
    with log.open("ab") as output:
        output.write(f"\n$ {' '.join(command)}\n".encode())
        output.flush()
        starts_at = output.tell()
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT, env=environment)
        while True:
            try:
                code = process.wait(_SAY_AGAIN)
                break
            except subprocess.TimeoutExpired:
                say(part, f"{title}: still at it after {time.monotonic() - began:.0f} s")
    if code:
        end = log.read_bytes()[starts_at:].decode(errors="replace").strip().splitlines()[-25:]
        sentence = f"{title} failed; the whole output is in {log.relative_to(ROOT)}."
        raise NotPossible("\n".join([sentence, *(f"    {line}" for line in end)]))
    say(part, f"{title}: {time.monotonic() - began:.1f} s")


def side_by_side(parts: list[Callable[[], None]]) -> list[NotPossible]:
    """Runs the parts in threads; what went wrong."""
    problems: list[NotPossible] = []

    def guarded(part: Callable[[], None]) -> None:
        try:
            part()
        except NotPossible as problem:
            problems.append(problem)
        except OSError as error:
            problems.append(NotPossible(f"{error.filename or 'A file'} cannot be used: {error.strerror}."))

    threads = [threading.Thread(target=guarded, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def say(part: str, sentence: str) -> None:
    """One line of progress, with the seconds since the start."""
    with _SAYING:
        print(f"[{time.monotonic() - _BEGAN:5.1f} s] {part}: {sentence}", flush=True)


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _dotted(version: tuple[int, int]) -> str:
    return ".".join(str(number) for number in version)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        say("set-up", "stopped; run it again to go on.")
        sys.exit(130)
