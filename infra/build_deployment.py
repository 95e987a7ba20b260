"""Builds what is deployed: `python -m infra.build_deployment`, then `sam deploy`.

SAM zips functions and layers as their folders lie (see `SkipBuild` in the templates), so it is given a copy of them
without bytecode, under `.aws-sam/source`. Only what stands there is ever deployed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAM = "aws-sam-cli==1.170.0"
DEPLOYED = ["template.yaml", "functions", "layers", "infra/areas", "infra/openapi"]
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


def main() -> int:
    """SAM's own exit status."""
    made = ROOT / ".aws-sam"
    copy_deployed(made / "source")
    folders = {
        "--template": made / "source/template.yaml",
        "--build-dir": made / "build",
        "--cache-dir": made / "cache",
    }
    options = [str(part) for pair in folders.items() for part in pair]
    environment = os.environ | {"SAM_CLI_TELEMETRY": "0", "UV": uv()}
    command = [*sam_command(), "build", "--config-file", str(ROOT / "samconfig.toml"), *options]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
