"""What the hospital wrote down about itself: every journey asks it in the end whether anything failed unseen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.hospital import HospitalProcess

SAID: pytest.StashKey[list[str]] = pytest.StashKey()
"""Lines that journeys want said at the end of a run: what they measured."""

_SHOWN = 10
_REFUSAL = "Exception: Unauthorized"  # how an authorizer says 401


def nothing_failed(hospital: HospitalProcess, *besides: str) -> None:
    """No request was answered in the five hundreds, and no function failed, behind whatever was asserted. A story may
    bring about lines that end with `besides` (`joins -> 503`)."""
    failed = [
        f"{line['method']} {line['path']} -> {line['status']}"
        for line in _lines(hospital.state, "access")
        if line["status"] >= 500
    ]
    failed = [line for line in failed if not line.endswith(besides)]
    for line in _lines(hospital.state, "functions"):
        log = line.get("log")
        if line.get("failed", "").rstrip().endswith(_REFUSAL):
            continue
        if "failed" in line or (isinstance(log, dict) and log.get("level") in ("ERROR", "CRITICAL")):
            failed.append(json.dumps(line, ensure_ascii=False)[:2000])
    assert failed == [], f"{len(failed)} failures, the first of them:\n" + "\n".join(failed[:_SHOWN])


def _lines(state: Path, name: str) -> Iterator[dict[str, Any]]:
    for path in sorted((state / "logs").glob(f"{name}.jsonl*")):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue  # cut off by a kill
