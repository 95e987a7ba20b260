"""`python -m infra.local logs [FUNCTION]`: what functions were asked lately, how it went, and what they wrote."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ..hospital_clock import BEIJING
from ..state_folder import StateFolder
from .ring import Invocation, RingReader

_LOOK_EVERY = 0.3


def main(arguments: list[str]) -> int:
    """0, or 1 with one sentence when there is nothing to read."""
    parser = argparse.ArgumentParser(prog="python -m infra.local logs", description="What functions were asked lately.")
    parser.add_argument("function", nargs="?", default="", help="part of a function's name; without it, all of them")
    parser.add_argument("--follow", action="store_true", help="go on as calls end, until Ctrl-C")
    parser.add_argument("--failed", action="store_true", help="only calls that failed")
    parser.add_argument("--search", default="", help="only calls whose event, answer or lines hold this")
    parser.add_argument("--events", action="store_true", help="with event and answer: these hold what people said")
    parser.add_argument("--last", type=int, default=20, help="how many (default 20)")
    parser.add_argument("--state", default=".hospital", help="the state folder (default .hospital)")
    chosen = parser.parse_args(arguments)
    ring = RingReader(StateFolder(Path(chosen.state).resolve()).invocations)
    names = [one["function"] for one in ring.functions() if chosen.function.lower() in one["function"].lower()]
    if not names and not chosen.follow:
        print(f"No function whose name holds {chosen.function!r} was called in {chosen.state} yet.", file=sys.stderr)
        return 1
    try:
        for one in _wanted(ring, chosen):
            print("\n".join(_lines(one, with_event=chosen.events)), flush=True)
    except KeyboardInterrupt:
        pass
    return 0


def _wanted(ring: RingReader, chosen: argparse.Namespace) -> Iterator[Invocation]:
    """The last ones, oldest first; then, when asked to follow, each as it ends."""

    def newest(limit: int) -> list[Invocation]:
        found = ring.newest(search=chosen.search, failed=chosen.failed, limit=limit)
        return [one for one in reversed(found) if chosen.function.lower() in one.function.lower()]

    shown: set[int] = set()
    for one in newest(5000)[-chosen.last :]:
        shown.add(one.id)
        yield one
    newest_shown = max(shown, default=0)
    while chosen.follow:
        time.sleep(_LOOK_EVERY)
        for one in newest(500):
            if one.id > newest_shown - 200 and one.id not in shown and one.outcome != "running":
                shown.add(one.id)
                yield one


def _lines(one: Invocation, *, with_event: bool) -> Iterator[str]:
    at = datetime.fromtimestamp(one.at, UTC).astimezone(BEIJING).strftime("%m-%d %H:%M:%S")
    took = "…" if one.milliseconds is None else f"{one.milliseconds:.0f} ms"
    yield f"#{one.id}  {at}  {one.function}  {took}  {one.outcome or 'ok'}  {one.about}"
    yield from (f"    {line}" for text in one.lines for line in text.splitlines())
    if with_event:
        yield f"    event  {one.event or '(too long to be kept)'}"
        yield f"    answer {one.answer}"
