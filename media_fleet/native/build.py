"""`python -m media_fleet.native.build`: compiles hot.c, beside it or into a folder that is named."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

from media_fleet.native import FILE, HERE


def build(folder: Path = HERE) -> Path:
    """The built library. Raises CalledProcessError, FileNotFoundError where there is no compiler."""
    into = folder / FILE
    making = into.with_suffix(f".{os.getpid()}")
    include = sysconfig.get_paths()["include"]
    flags = ["-O2", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Wno-missing-field-initializers", "-Werror"]
    command = [os.environ.get("CC", "cc"), *flags, "-Wno-cast-function-type", "-fPIC", "-shared"]
    # An argument list without a shell; the compiler is the machine's own.
    subprocess.run([*command, f"-I{include}", str(HERE / "hot.c"), "-o", str(making)], check=True)  # noqa: S603
    making.replace(into)
    return into


if __name__ == "__main__":
    sys.stdout.write(f"{build(*map(Path, sys.argv[1:2]))}\n")
