"""Setting up without what it takes: one sentence that says what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

SET_UP = Path(__file__).resolve().parents[2] / "infra" / "set_up.py"


def said(path: Path) -> tuple[int, str]:
    """Exit code and output, with nothing but `path` to find programs in."""
    command = [sys.executable, str(SET_UP), "--web"]
    ended = subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, timeout=60, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def put(path: Path, name: str, says: str) -> None:
    """A program that says that."""
    (path / name).write_text(f"#!/bin/sh\necho '{says}'\n")
    (path / name).chmod(0o755)


def test_without_node_it_says_so(tmp_path: Path) -> None:
    sentence = "Node.js 20 or later with npm is needed to build the pages; install it first.\n"
    assert said(tmp_path) == (1, sentence)
    put(tmp_path, "node", "v20.1.0")
    assert said(tmp_path) == (1, sentence), "npm is missing"


@pytest.mark.parametrize("version", ["v18.20.4", "nightly"])
def test_with_an_old_node_it_says_which(tmp_path: Path, version: str) -> None:
    put(tmp_path, "node", version)
    put(tmp_path, "npm", "10")
    assert said(tmp_path) == (1, f"Node.js 20 or later is needed to build the pages; this is {version}.\n")
