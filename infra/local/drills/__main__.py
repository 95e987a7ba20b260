"""`python -m infra.local.drills [name …]`: all drills, or those that are named."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def main(names: list[str]) -> int:
    """1 when a drill fails or the document marks a block that no drill runs."""
    for folder in ("functions", "layers/hospital/python", "layers/adapters/python"):
        sys.path.insert(0, str(ROOT / folder))
    from infra.local.drills.clinic import clinic  # the folders above must be importable first
    from infra.local.drills.drills import DRILLS, Book, DrillFailed

    book = Book()
    failed = False
    for name in names or DRILLS:
        try:
            with clinic() as open_clinic:
                DRILLS[name](open_clinic, book)
        except DrillFailed as failure:
            failed = True
            print(f"WRONG  {name}: {failure}", flush=True)
        else:
            print(f"ok     {name}", flush=True)
    unused = set() if names else set(book.names) - set(book.done)
    for name in sorted(unused):
        print(f"WRONG  no drill runs what the document says under: {name}", flush=True)
    return 1 if failed or unused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
