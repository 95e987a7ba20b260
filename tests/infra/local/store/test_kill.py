"""kill -9 at a random moment: nothing acknowledged is missing, nothing is half there, no change goes unpublished."""

import base64
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.nightly import table, write_section

HERE = Path(__file__).resolve()
ROOT = HERE.parents[4]
FOLDERS, KILLS = 10, 10


class Record:
    """What the client heard, over all rounds."""

    def __init__(self) -> None:
        kinds = (
            "pair", "put", "deleting", "deleted", "sent", "cipher", "object", "deleting_object", "deleted_object",
            "begun", "ending", "ended",
        )  # fmt: skip
        self.acknowledged: dict[str, set[str]] = {kind: set() for kind in kinds}
        self.set: dict[str, str] = {}
        self.setting: dict[str, str] = {}
        self.sets = 0
        self.published: list[tuple[str, str, int]] = []

    def hear(self, lines: Iterable[bytes]) -> None:
        """Takes the lines of one process in; the last may be cut off by the kill."""
        for line in lines:
            if line.endswith(b"\n"):
                for kind, what in json.loads(line).items():
                    self._hear(kind, what)

    def _hear(self, kind: str, what: Any) -> None:
        if kind == "published":
            self.published.append((what[0], what[1], what[2]))
        elif kind in ("set", "setting"):
            getattr(self, kind)["/".join(what[:2])] = what[2]
            self.sets += kind == "set"
        else:
            self.acknowledged[kind].add(what)

    def counts(self) -> dict[str, int]:
        """How many of each kind were acknowledged, by the names of the report."""
        heard = {kind: len(names) for kind, names in self.acknowledged.items()}
        delayed = len({name for name in self.acknowledged["sent"] if name.endswith("7")})
        return {
            "transactions": heard["pair"],
            "items": heard["put"],
            "deletions": heard["deleted"] + heard["deleted_object"],
            "messages": heard["sent"] - delayed,
            "delayed messages": delayed,
            "ciphertexts": heard["cipher"],
            "objects": heard["object"],
            "secrets, parameters, timers": self.sets,
            "executions": heard["begun"],
            "changes published": len(self.published),
        }

    def check(self, found: dict[str, Any]) -> None:
        """Compares with what a new process found in the folder."""
        heard = self.acknowledged
        assert found["half_pairs"] == []
        assert heard["pair"] - set(found["pairs"]) == set()
        singles = set(found["singles"])
        assert heard["put"] - heard["deleting"] - singles == set()
        assert heard["deleted"] & singles == set()
        self.check_objects(found["objects"])
        assert {name: base64.b64decode(plain).decode() for name, plain in found["ciphers"].items()} == {
            name: name for name in found["ciphers"]
        }
        assert heard["cipher"] - set(found["ciphers"]) == set()
        delayed = {name for name in heard["sent"] if name.endswith("7")}
        assert heard["sent"] - delayed - set(found["messages"]) == set()
        assert found["delayed"] >= len(delayed)
        for name, value in self.set.items():
            # What was being set when the process died may have come through or not; nothing older is there again.
            assert found["set"][name] in (value, self.setting[name])
        running = set(found["running"])
        assert heard["begun"] - heard["ending"] - running == set()
        assert heard["ended"] & running == set()
        self.check_changes(found["to_publish"])

    def check_objects(self, found: list[str]) -> None:
        """Whole, once each, and none of the deleted ones."""
        heard = self.acknowledged
        assert [name for name in found if name.startswith("damaged")] == []
        assert len(found) == len(set(found))
        assert heard["object"] - heard["deleting_object"] - set(found) == set()
        assert heard["deleted_object"] & set(found) == set()

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
def test_nothing_acknowledged_is_lost_in_five_kills(tmp_path: Path) -> None:
    record = kill_and_check(tmp_path / "state", rounds=5, seed=1)
    assert {kind: count for kind, count in record.counts().items() if count == 0} == {}
    assert record.counts()["transactions"] > 20


@pytest.mark.store
@pytest.mark.nightly
def test_nothing_acknowledged_is_lost_in_a_hundred_kills(tmp_path: Path) -> None:
    total: Counter[str] = Counter()
    began = time.monotonic()
    for seed in range(FOLDERS):
        total.update(kill_and_check(tmp_path / f"state{seed}", rounds=KILLS, seed=seed).counts())
    what = f"""`tests/infra/local/store/test_kill.py`: {FOLDERS} folders, each written to by six threads and read by one
consumer, killed {KILLS} times at moments of chance and looked through by a new process each time. Everything that was
acknowledged was there and whole, no transaction was half there, and of what was being changed when the process died
either the old value or the new one was there. It took {time.monotonic() - began:.0f} seconds."""
    told = table(["what was acknowledged", "count", "lost"], [[kind, count, 0] for kind, count in total.items()])
    write_section("The store killed with -9", [what, told])
