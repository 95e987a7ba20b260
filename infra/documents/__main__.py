"""`python -m infra.documents [--check] [--ledger requirements.yaml]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMPORT_ROOTS = ["functions", "layers/hospital/python", "layers/adapters/python"]


def main(arguments: list[str]) -> int:
    """Write the documents, or with --check name those that are out of date (exit status 1)."""
    parser = argparse.ArgumentParser(prog="python -m infra.documents")
    parser.add_argument("--check", action="store_true", help="write nothing, fail when a document is out of date")
    parser.add_argument(
        "--ledger",
        type=Path,
        default=os.environ.get("REQUIREMENTS_LEDGER"),
        help="the requirements ledger, to renew docs/ledger.json from (or set REQUIREMENTS_LEDGER)",
    )
    given = parser.parse_args(arguments)
    sys.path[:0] = [str(ROOT / folder) for folder in IMPORT_ROOTS]
    from infra.documents.documents import documents  # the roots above must be importable first

    stale = []
    for path, text in documents(ROOT, given.ledger).items():
        file = ROOT / path
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not given.check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    if given.check and stale:
        print(f"Out of date, run `python -m infra.documents`: {', '.join(stale)}", file=sys.stderr)
        return 1
    print(json.dumps({"written" if stale else "unchanged": stale}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
