"""`python -m infra.local.permissions report`: what was granted and never used in the state folders that are named."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..addresses import Addresses
from ..template import read_template
from ..template.reading import read_mapping
from .report import grants, unused
from .used import FILE_NAME, read_uses

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str] | None = None) -> int:
    """Prints one line a grant that nobody needed, by function; always 0, for a folder shows only what it has seen."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.permissions")
    parser.add_argument("what", choices=["report"], help="granted against used")
    parser.add_argument("--state", nargs="*", default=[".hospital"], help="state folders (default .hospital)")
    parser.add_argument("--template", default=str(ROOT / "template.yaml"))
    chosen = parser.parse_args(arguments)
    file = Path(chosen.template).resolve()
    known = read_mapping(file).get("Parameters") or {}
    given = {name: value for name, value in Addresses("127.0.0.1", 8700).parameters().items() if name in known}
    template = read_template(file, given)
    uses = list(read_uses(Path(folder) / "logs" / FILE_NAME for folder in chosen.state))
    granted, left = grants(template), unused(template, uses)
    print(f"{len(granted)} grants, {len(granted) - len(left)} used, {len(left)} never used ({len(uses)} uses seen)")
    for function in dict.fromkeys(grant.function for grant in left):
        print(f"\n{function}")
        for grant in sorted(one for one in left if one.function == function):
            end = f" when {grant.value}" if grant.value else ""
            print(f"  {grant.statement:16} {grant.action} on {grant.resource.split(':', 5)[-1]}{end}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
