"""A disk that is really full: a small file system of its own, or where none may be mounted, a limit on file sizes."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.hospital import ROOT

MEGABYTES = 4


class SmallDisk:
    """`fill` and `free` it while a process writes to it. `is_real`: it has its own file system, with an end."""

    def __init__(self, place: Path, *, is_real: bool) -> None:
        self.place, self.is_real = place, is_real
        self._ballast = place / "ballast"

    def fill(self, pid: int) -> None:
        """From now on that process cannot make a file longer."""
        if not self.is_real:
            # The journal of access is short: it shall not be the one that fails first.
            longest = max(path.stat().st_size for path in self.place.rglob("*.db*"))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (longest, resource.RLIM_INFINITY))
            return
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (65536, 512, 1):
                try:
                    while ballast.write(b"\0" * size) == size:
                        pass
                except OSError:
                    continue

    def runs_full(self, *arguments: object) -> tuple[int, str]:
        """Exit code and output of a hospital that is started while there is no room at all."""
        if self.is_real:
            self.fill(0)
        ended = subprocess.run(
            [sys.executable, "-m", "infra.local", *map(str, arguments)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=None if self.is_real else _no_room,
        )
        return ended.returncode, ended.stdout + ended.stderr

    def free(self, pid: int) -> None:
        """There is room again."""
        if not self.is_real:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            return
        self._ballast.unlink()


@contextmanager
def small_disk(place: Path) -> Iterator[SmallDisk]:
    """An empty disk of a few megabytes at `place`, for the length of a block."""
    place.mkdir()
    size = f"size={MEGABYTES}m"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", place], capture_output=True, check=False)
    try:
        yield SmallDisk(place, is_real=mounted.returncode == 0)
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", place], check=True)


def _no_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
