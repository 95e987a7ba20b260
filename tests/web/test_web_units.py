"""The pages' own unit tests (vitest), run from here so that they can claim rows of the ledger."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

WEB = Path(__file__).resolve().parents[2] / "web"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Full name of each vitest case -> its state."""
    file = tmp_path_factory.mktemp("vitest") / "report.json"
    command = ["npx", "--no-install", "vitest", "run", "--reporter=json", f"--outputFile={file}"]
    run = subprocess.run(command, cwd=WEB, capture_output=True, text=True, timeout=240, check=False)
    assert file.exists(), run.stdout + run.stderr
    results = json.loads(file.read_text(encoding="utf-8"))["testResults"]
    return {case["fullName"]: case["status"] for suite in results for case in suite["assertionResults"]}


def test_every_case_passes(report):
    assert len(report) > 20
    assert {name: state for name, state in report.items() if state != "passed"} == {}
