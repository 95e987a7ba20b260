"""kill -9 at a random moment: nothing acknowledged is missing, nothing is half there, no change goes unpublished."""

import base64
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve()
ROOT = HERE.parents[4]


class Record:
    """What the client heard, over all rounds."""

    def __init__(self) -> None:
        self.acknowledged: dict[str, set[str]] = {
            kind: set() for kind in ("pair", "put", "deleting", "deleted", "sent", "cipher")
        }
        self.published: list[tuple[str, str, int]] = []

    def hear(self, lines: Iterable[bytes]) -> None:
        """Takes the lines of one process in; the last may be cut off by the kill."""
        for line in lines:
            if line.endswith(b"\n"):
                for kind, what in json.loads(line).items():
                    if kind == "published":
                        self.published.append((what[0], what[1], what[2]))
                    else:
                        self.acknowledged[kind].add(what)

    def check(self, found: dict[str, Any]) -> None:
        """Compares with what a new process found in the folder."""
        heard = self.acknowledged
        assert found["half_pairs"] == []
        assert heard["pair"] - set(found["pairs"]) == set()
        singles = set(found["singles"])
        assert heard["put"] - heard["deleting"] - singles == set()
        assert heard["deleted"] & singles == set()
        assert {name: base64.b64decode(plain).decode() for name, plain in found["ciphers"].items()} == {
            name: name for name in found["ciphers"]
        }
        assert heard["cipher"] - set(found["ciphers"]) == set()
        delayed = {name for name in heard["sent"] if name.endswith("7")}
        assert heard["sent"] - delayed - set(found["messages"]) == set()
        assert found["delayed"] >= len(delayed)
        self.check_changes(found["to_publish"])

    def check_changes(self, to_publish: list[list[Any]]) -> None:
        """Each acknowledged write was published or is still to be; in the order of its number, none twice with two."""
        known = {seq: (name, key) for name, key, seq in self.published}
        for name, key, seq in to_publish:
            assert known.setdefault(seq, (name, key)) == (name, key)
        inserted = [key for name, key in known.values() if name == "INSERT"]
        assert self.acknowledged["pair"] <= set(inserted)
        assert len(inserted) == len(set(inserted)) + sum(1 for key in set(inserted) if inserted.count(key) == 2)


def start(folder: Path, round_name: str, seconds: float) -> "subprocess.Popen[bytes]":
    """The writer, with the checkout as import root."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AWS_DEFAULT_REGION": "cn-northwest-1"}
    command = [sys.executable, str(HERE.with_name("writer.py")), str(folder), round_name, str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment)


def kill_and_check(folder: Path, rounds: int, seed: int) -> Record:
    """Rounds on one folder: open, compare with everything heard before, write, die."""
    moments, record = random.Random(seed), Record()
    for number in range(rounds + 1):
        last = number == rounds
        process = start(folder, f"r{number}", 0 if last else 60)
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, "the writer did not start"
        record.check(json.loads(first)["found"])
        if not last:
            threading.Timer(moments.uniform(0.2, 0.9), process.send_signal, [signal.SIGKILL]).start()
        record.hear(process.stdout)
        assert process.wait(60) == (0 if last else -signal.SIGKILL)
        process.stdout.close()
    return record


@pytest.mark.store
def test_nothing_acknowledged_is_lost_in_three_kills(tmp_path: Path) -> None:
    record = kill_and_check(tmp_path / "state", rounds=3, seed=1)
    assert len(record.acknowledged["pair"]) > 20
    assert record.acknowledged["sent"]
    assert record.published


@pytest.mark.nightly
def test_nothing_acknowledged_is_lost_in_a_hundred_kills(tmp_path: Path) -> None:
    for seed in range(10):
        kill_and_check(tmp_path / f"state{seed}", rounds=10, seed=seed)
