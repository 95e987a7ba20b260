"""`python -m infra.migrations --prefix yunzhen [--run m0001_what]`."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

import boto3

from .running import Run, migration_of

FOLDER = Path(__file__).parent


def names(folder: Path = FOLDER) -> list[str]:
    """Every migration there is, in their order."""
    return sorted(path.stem for path in folder.glob("m[0-9][0-9][0-9][0-9]_*.py"))


def main(arguments: list[str], package: str = "infra.migrations", folder: Path = FOLDER) -> int:
    """1 when there is no migration of that name."""
    parser = argparse.ArgumentParser(prog="python -m infra.migrations", description="Data migrations.")
    parser.add_argument("--prefix", required=True, help="the stack's parameter Prefix")
    parser.add_argument("--run", metavar="NAME", help="run this one; without it only the state of all is said")
    given = parser.parse_args(arguments)
    known = names(folder)
    if given.run and given.run not in known:
        print(f"There is no migration {given.run}; there are: {', '.join(known) or 'none'}", file=sys.stderr)
        return 1
    dynamodb = boto3.client("dynamodb")
    for name in [given.run] if given.run else known:
        run = Run(dynamodb, given.prefix, migration_of(importlib.import_module(f"{package}.{name}")))
        if given.run:
            for now in run.pages():
                print(f"page {now.pages}: {now.seen} items seen, {now.changed} changed", flush=True)
        said = run.progress()
        state = f"finished {said.finished_at}" if said.finished_at else "begun" if said.pages else "not begun"
        print(f"{name}: {state}, {said.seen} items seen, {said.changed} changed")
    if not known:
        print("There are no migrations.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
