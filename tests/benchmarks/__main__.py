"""Runs the benchmarks that are named, or all: a table of each on stderr, one JSON object of all on stdout."""

from __future__ import annotations

import importlib
import io
import json
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMPORT_ROOTS = [ROOT, ROOT / "functions", ROOT / "layers/hospital/python", ROOT / "layers/adapters/python"]

Rows = list[dict[str, str | int | float]]


def names() -> list[str]:
    """All benchmarks there are."""
    return sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def table(rows: Rows) -> str:
    """The rows under their keys; numbers to the right."""
    if not rows:
        return "(nothing)"
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [[shown(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(column), *(len(line[n]) for line in cells)) for n, column in enumerate(columns)]
    lines = ["  ".join(column.ljust(width) for column, width in zip(columns, widths, strict=True))]
    for row, line in zip(rows, cells, strict=True):
        aligned = (
            cell.ljust(width) if isinstance(row.get(column), str) else cell.rjust(width)
            for column, cell, width in zip(columns, line, widths, strict=True)
        )
        lines.append("  ".join(aligned).rstrip())
    return "\n".join(lines)


def shown(value: str | int | float) -> str:
    """A figure with as many digits as mean something."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.2f}" if value == 0 or abs(value) >= 0.1 else f"{value:.2g}"


def measured(name: str) -> Rows:
    """The rows of one benchmark: what its `main` returns, or the JSON lines that it prints as a program of its own."""
    said = io.StringIO()
    with redirect_stdout(said):
        rows: Rows | None = importlib.import_module(f"tests.benchmarks.bench_{name}").main()
    return [json.loads(line) for line in said.getvalue().splitlines()] if rows is None else rows


def main(wanted: list[str]) -> int:
    """Exit status 2 when a name is unknown."""
    if unknown := set(wanted) - set(names()):
        print(f"No benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(names())}", file=sys.stderr)
        return 2
    sys.path[:0] = [str(folder) for folder in IMPORT_ROOTS if str(folder) not in sys.path]
    found: dict[str, Rows] = {}
    for name in wanted or names():
        started = time.perf_counter()
        found[name] = measured(name)
        print(f"\n# {name} ({time.perf_counter() - started:.0f} s)\n{table(found[name])}", file=sys.stderr)
    print(json.dumps(found, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
