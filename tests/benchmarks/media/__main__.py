"""`make bench-calls`: the points, a table on stderr, and with --keep the figures and the chart in docs/.

Signalling is left whole: the line impairs the relay's UDP port alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.benchmarks.__main__ import table
from tests.benchmarks.media.chart import drawn
from tests.benchmarks.media.measuring import Row, measured, summed_up
from tests.benchmarks.media.points import POINTS, SHORT

DOCS = Path(__file__).resolve().parents[3] / "docs"
SAID = "Chromium, relay, Chromium; media alone impaired, on both legs. Bars: the median of the seeds; lines: the worst."


def main(arguments: list[str]) -> int:
    """Exit status 2 for a point that is none."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.media")
    parser.add_argument(
        "points", nargs="*", help=f"of: {'; '.join(point.name for point in POINTS)}; the short ones if none"
    )
    parser.add_argument("--all", action="store_true", help="every point")
    parser.add_argument("--seconds", type=float, default=15, help="how long each is judged")
    parser.add_argument("--seeds", type=int, default=1, help="networks of each shape")
    parser.add_argument("--keep", action="store_true", help="write docs/calls-quality.json and .svg")
    chosen = parser.parse_args(arguments)
    names = [point.name for point in POINTS] if chosen.all else chosen.points or list(SHORT)
    if unknown := set(names) - {point.name for point in POINTS}:
        print(f"No point called {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for point in (point for point in POINTS if point.name in names):
        runs = []
        for seed in range(1, chosen.seeds + 1):
            runs.append(measured(point, seed, chosen.seconds))
            print(shown(summed_up(point, runs)), file=sys.stderr, flush=True)
        rows.append(summed_up(point, runs))
    print(f"\n{table([flat(row) for row in rows])}", file=sys.stderr)
    print(json.dumps(rows, ensure_ascii=False))
    if chosen.keep:
        kept = {"said": SAID, "seconds": chosen.seconds, "seeds": chosen.seeds, "points": rows}
        (DOCS / "calls-quality.json").write_text(
            json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        (DOCS / "calls-quality.svg").write_text(drawn(rows, SAID), encoding="utf-8")
    return 0


def flat(row: Row) -> dict[str, str | int | float]:
    """For the table: medians."""
    medians = {name: value["median"] for name, value in row.items() if isinstance(value, dict)}
    told = {"point": row["point"], "runs": row["runs"], "line_ms": round(row["line_ms"]), "line_lost": row["line_lost"]}
    return (
        told
        | {name: "-" if value is None else value for name, value in medians.items()}
        | {"misses": ", ".join(row["misses"])}
    )


def shown(row: Row) -> str:
    """One line, while it goes on."""
    return " ".join(
        f"{name}={value if isinstance(value, str) else round(value, 3)}" for name, value in flat(row).items()
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
