"""Builds what is deployed: `python -m infra.build_deployment`, then `sam deploy`.

SAM zips functions and layers as their folders lie (see `SkipBuild` in the templates), so it is given a copy of them
without bytecode, under `.aws-sam/source`. Only what stands there is ever deployed.

SAM publishes a new version of a function when its zip changes, and does not look at its layers and variables. So every
build puts a `release.txt` of its own into the functions' zip: what was deployed together runs together.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAM = "aws-sam-cli==1.170.0"
DEPLOYED = ["template.yaml", "functions", "layers", "infra/areas", "infra/openapi"]
RELEASE = "functions/release.txt"
BUILT = ROOT / "infra/built.sha256"
"""The digest of what the last build was made from; committed, so that CI builds only what nobody has built."""
LEFT_OUT = ("__pycache__", "*.pyc", ".*_cache", ".DS_Store")


class UvMissing(RuntimeError):
    """There is no uv, neither of this folder nor of this machine."""


def uv() -> str:
    """The uv that `make set-up` installed here, or the machine's own."""
    own = ROOT / ".set-up/uv/bin/uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise UvMissing("uv is missing; run `make set-up`")
    return found


def sam_command() -> list[str]:
    """The SAM command line in the version that the templates are checked with."""
    return [uv(), "tool", "run", "--from", SAM, "sam"]


def copy_deployed(into: Path) -> None:
    """A copy of everything that is deployed and nothing else; what was in the folder goes."""
    shutil.rmtree(into, ignore_errors=True)
    for name in [*DEPLOYED, *(path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("infra/*.yaml")))]:
        source, target = ROOT / name, into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copy2(source, target)


def release_name(folder: Path, now: datetime) -> str:
    """When, and of what: `20261122T031500Z-1f0c9a3e`. Another build of the same is another release."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest(folder, files)[:8]}"


def digest(root: Path, files: Iterable[Path]) -> str:
    """One digest of many files, by their paths below `root` and their content."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(hashlib.sha256(file.relative_to(root).as_posix().encode()).digest())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def what_is_built(root: Path = ROOT) -> str:
    """The digest of what `sam build` looks at: the templates, the packages of the layers, and SAM itself."""
    names = ("Makefile", "requirements.txt")
    layer = [vendors / name for vendors in root.glob("layers/vendor_*") for name in names]
    templates = [root / "template.yaml", *root.glob("infra/*.yaml"), *root.glob("infra/areas/*.yaml")]
    return hashlib.sha256(f"{SAM} {digest(root, [*templates, *layer])}".encode()).hexdigest()


def main() -> int:
    """SAM's own exit status."""
    made = ROOT / ".aws-sam"
    copy_deployed(made / "source")
    release = release_name(made / "source", datetime.now(UTC))
    (made / "source" / RELEASE).write_text(release + "\n", encoding="utf-8")
    folders = {
        "--template": made / "source/template.yaml",
        "--build-dir": made / "build",
        "--cache-dir": made / "cache",
    }
    options = [str(part) for pair in folders.items() for part in pair]
    environment = os.environ | {"SAM_CLI_TELEMETRY": "0", "UV": uv()}
    command = [*sam_command(), "build", "--config-file", str(ROOT / "samconfig.toml"), *options]
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    if status == 0:
        BUILT.write_text(what_is_built() + "\n", encoding="utf-8")
        print(f"Release {release}")
    return status


if __name__ == "__main__":
    sys.exit(main())
