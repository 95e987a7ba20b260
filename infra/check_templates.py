"""Lints every template: `python -m infra.check_templates [--with-sam]`.

cfn-lint translates the SAM parts and checks the result against the resource types of a region of China and one outside.
With --with-sam (slower, fetches the SAM command line) `sam validate --lint` judges them too, and `sam build` builds
what changed since the last build that was committed. None looks inside the documents and nested templates they name;
tests/template does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.build_deployment import BUILT, sam_command, what_is_built
from infra.build_deployment import main as build

ROOT = Path(__file__).resolve().parents[1]
REGIONS = ["cn-northwest-1", "eu-west-1"]
AT_ONCE = 2  # each SAM takes a core and 200 MB


def templates(root: Path = ROOT) -> list[Path]:
    """The root template and all that it nests, and the pipeline, which is deployed by itself."""
    nested = [*sorted(root.glob("infra/*.yaml")), *sorted(root.glob("infra/areas/*.yaml"))]
    return [root / "template.yaml", *nested, root / "infra/pipeline/pipeline.yaml"]


def lint() -> bool:
    """Whether cfn-lint finds nothing at all; its findings go to the terminal."""
    command = ["cfn-lint", "--non-zero-exit-code", "informational", "--regions", *REGIONS, "--template"]
    return subprocess.run([Path(sys.executable).parent / command[0], *command[1:], *templates()]).returncode == 0


def validate(template: Path) -> bool:
    """Whether `sam validate --lint` accepts the template; prints what it says."""
    command = [*sam_command(), "validate", "--lint", "--region", REGIONS[0]]
    environment = os.environ | {"SAM_CLI_TELEMETRY": "0"}
    done = subprocess.run([*command, "--template", template], env=environment, capture_output=True, text=True)
    print(f"{template.relative_to(ROOT)}: {(done.stdout + done.stderr).strip()}")
    return done.returncode == 0


def build_if_changed() -> bool:
    """Whether the deployment can be built; what was built before and is the same is not built again."""
    if BUILT.exists() and BUILT.read_text(encoding="utf-8").strip() == what_is_built():
        print("templates and packages are those of the last build")
        return True
    return build() == 0


def is_sam(template: Path) -> bool:
    """Whether SAM transforms it; the others are plain CloudFormation, which SAM refuses to judge."""
    return "Transform: AWS::Serverless" in template.read_text(encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Exit status 1 when anything is found."""
    parser = argparse.ArgumentParser(prog="python -m infra.check_templates", description=__doc__)
    parser.add_argument("--with-sam", action="store_true", help="let the SAM command line judge them too")
    given = parser.parse_args(arguments)
    good = lint()
    if given.with_sam:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            good &= all(list(pool.map(validate, filter(is_sam, templates()))))
        good &= build_if_changed()
    print(f"{len(templates())} templates {'are clean' if good else 'have findings'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
