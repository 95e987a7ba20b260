"""Lints what images are built from: `python -m infra.check_images`.

hadolint reads the Dockerfiles and the shell in them; no engine is needed, and none builds here. What they promise
beside that (nobody is root, bases by version, the files they take) tests/infra/test_images.py holds them to.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IMAGES = {
    "pictures": Path("infra/pictures/Dockerfile"),
    "relay": Path("media_fleet/Dockerfile"),
    "turn": Path("infra/turn/Dockerfile"),
}
"""Name of the image's repository behind `<prefix>-`, and where it is written."""


def main() -> int:
    """Exit status 1 when anything is found, however small."""
    hadolint = str(Path(sys.executable).parent / "hadolint")
    command = [hadolint, "--failure-threshold", "style", *map(str, IMAGES.values())]
    good = subprocess.run(command, cwd=ROOT).returncode == 0
    print(f"{len(IMAGES)} images {'are clean' if good else 'have findings'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
