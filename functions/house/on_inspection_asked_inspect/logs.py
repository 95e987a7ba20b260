"""Known problems in the functions' logs of the period (CloudWatch Logs)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from hospital import aws, clock
from hospital.inspections.model import Inspection
from house.on_inspection_asked_inspect.gathering import Facts, Gathered, stack_name

_PATTERN = '?"\\"level\\":\\"ERROR\\"" ?"\\"status\\":5" ?"Task timed out" ?Traceback ?AccessDenied ?"Runtime."'
_PAGES = 5
"""Of one function's log, of up to 10,000 lines each: what stands there more often is found all the same."""

KNOWN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("log_timeout", re.compile(r"Task timed out|Sandbox\.Timedout")),
    ("log_denied", re.compile(r"AccessDenied|not authorized to perform")),
    ("log_broken_seal", re.compile(r"SealBroken")),
    ("log_party", re.compile(r'"status": ?50[234]')),
    ("log_crash", re.compile(r"Runtime\.(ExitError|ImportModuleError|OutOfMemory)|signal: killed")),
    ("log_error", re.compile(r'"level": ?"(ERROR|CRITICAL)"|"status": ?500|Traceback')),
)
"""The first that fits is what a line is about."""


def look_at_logs(inspection: Inspection, gathered: Gathered) -> None:
    """Function by function, of those that were called lately."""
    for function, group in gathered.log_groups.items():
        gathered.look("logs", function.removeprefix(f"{stack_name()}-"), partial(_group, group, inspection))


def _group(group: str, inspection: Inspection) -> Iterator[tuple[str, Facts]]:
    """One finding for each problem, with how often and the newest."""
    counted: Counter[str] = Counter()
    newest: dict[str, str] = {}
    for line in _lines(group, inspection):
        problem = problem_of(line["message"])
        if problem is not None:
            counted[problem] += 1
            newest[problem] = _short(line["message"])
    for problem, times in sorted(counted.items()):
        yield problem, {"times": times, "newest": newest[problem]}


def _lines(group: str, inspection: Inspection) -> Iterator[dict[str, Any]]:
    asked: dict[str, Any] = {
        "logGroupName": group,
        "startTime": clock.epoch(inspection.since) * 1000,
        "endTime": clock.epoch(clock.now()) * 1000 + 999,
        "filterPattern": _PATTERN,
    }
    for _ in range(_PAGES):
        page = aws.client("logs").filter_log_events(**asked)
        yield from page["events"]
        if not page.get("nextToken"):
            return
        asked["nextToken"] = page["nextToken"]


def problem_of(text: str) -> str | None:
    """What a line is about; None for one that is nothing."""
    return next((problem for problem, pattern in KNOWN if pattern.search(text)), None)


def _short(text: str) -> str:
    """Where and what, never more: message, error, place and request of a structured line, or the last line."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict):
        told = [str(found[name]) for name in ("message", "error", "where", "route", "request_id") if found.get(name)]
        return " | ".join(told)[:300]
    return text.strip().rsplit("\n", 1)[-1][:300]
