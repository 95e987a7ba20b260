"""`make test`: every tier in turn, its time and its slowest ten. `--nightly` runs the long forms instead.

A tier whose tools this machine lacks is left out and named; with CI set, that is a failure. What fails in a tier of
running hospitals is tried once more, alone; what passes only then is named at the end, since it is a defect that hides.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMPILED = ROOT / ".set-up/compiled"
"""Modules as they were compiled, also where the machine forbids to keep them: a run starts a hundred Pythons."""
NOTHING_COLLECTED = 5
SOME_FAILED = 1
FEW = 3
"""So many failures may be two processors that were busy with each other; more are a broken build."""


@dataclass(frozen=True)
class Tier:
    """Tests of one mark: what they are, programs of which they need one, whether two files may run at once, and whether
    what failed may be tried again: stories of several processes share two processors with another file's."""

    mark: str
    what: str
    needs: tuple[str, ...] = ()
    side_by_side: bool = False
    tried_again: bool = False


TIERS = (
    Tier("unit", "pure rules, shapes of code and templates, the pages' own units", side_by_side=True),
    Tier("store", "use cases and handlers on the store in memory", side_by_side=True),
    Tier("journey", "stories through a running local hospital", side_by_side=True, tried_again=True),
    Tier(
        "browser",
        "what people see",
        needs=("chromium-headless-shell", "chromium"),
        side_by_side=True,
        tried_again=True,
    ),
    Tier("media", "calls", needs=("chromium-headless-shell", "chromium")),
)


@dataclass
class Result:
    """How a tier ended."""

    tier: Tier
    seconds: float
    counts: dict[str, int]
    code: int
    second_try: tuple[str, ...] = ()
    """What failed, and passed when it was tried alone."""


def main(arguments: list[str]) -> int:
    """0 when every tier passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.tiers")
    parser.add_argument("--only", nargs="*", help="marks of the tiers to run")
    parser.add_argument("--nightly", action="store_true", help="the long forms of the seeded proofs")
    chosen, rest = parser.parse_known_args(arguments)
    tiers = [tier for tier in TIERS if not chosen.only or tier.mark in chosen.only]
    missing = [tier for tier in tiers if tier.needs and not any(map(shutil.which, tier.needs))]
    results = [_run(tier, chosen.nightly, rest) for tier in tiers if tier not in missing]
    return _report(results, missing)


def _run(tier: Tier, nightly: bool, rest: list[str]) -> Result:
    print(f"\n== {tier.mark}: {tier.what}", flush=True)
    expression = f"{tier.mark} and {'' if nightly else 'not '}nightly"
    # At night each has the machine to itself: the long forms measure, and write their reports into one file.
    shared = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"] if tier.side_by_side and not nightly else []
    timed = ["--durations=10", "--durations-min=0.1"]
    command = [sys.executable, "-m", "pytest", "-q", "-m", expression, *timed]
    began = time.monotonic()
    code, said = _pytest([*command, *shared, *rest])
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", said[-1])}
    failed = tuple(dict.fromkeys(re.findall(r"^(?:FAILED|ERROR) (\S+::\S+)", "".join(said), re.MULTILINE)))
    if tier.tried_again and code == SOME_FAILED and 0 < len(failed) <= FEW:
        print(f"\n== {tier.mark}: once more, alone: {', '.join(failed)}", flush=True)
        code, _ = _pytest([*command, *failed])
        if code == 0:
            passed = counts.get("passed", 0) + len(failed)
            return Result(tier, time.monotonic() - began, {"passed": passed}, 0, failed)
    return Result(tier, time.monotonic() - began, counts, 0 if code == NOTHING_COLLECTED else code)


def _pytest(command: list[str]) -> tuple[int, list[str]]:
    said = []
    with subprocess.Popen(
        command, cwd=ROOT, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            print(line, end="", flush=True)
    return process.returncode, said


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(COMPILED)}


def _report(results: list[Result], missing: list[Tier]) -> int:
    print("\n== tiers")
    for result in results:
        state = "passed" if result.code == 0 else "FAILED"
        print(f"  {result.tier.mark:8} {result.seconds:6.1f} s  {result.counts.get('passed', 0):5} tests  {state}")
        for name in result.second_try:
            print(f"           only at the second try, look at it: {name}")
    for tier in missing:
        print(f"  {tier.mark:8} left out: {tier.needs[0]} is not installed (Debian: apt-get install {tier.needs[0]})")
    passed = sum(result.counts.get("passed", 0) for result in results)
    failed = sum(result.counts.get("failed", 0) + result.counts.get("error", 0) for result in results)
    print(f"\n{passed} passed, {failed} failed")
    left_out_in_ci = bool(missing) and os.environ.get("CI", "") not in ("", "0", "false")
    return 1 if left_out_in_ci or any(result.code for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
