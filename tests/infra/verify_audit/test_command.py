"""The verifier on an export, without a cloud: clean, then with one thing changed at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hospital.records import to_attributes
from hospital.seals.model import block_subject
from hospital.seals.store import blocks, heads, known_lines, waiting_lines
from hospital.table import Collection
from infra.verify_audit.command import main
from tests.builders.history import History, random_history
from tests.template.reading import ROOT

pytestmark = pytest.mark.unit


def exported(history: History, folder: Path) -> Path:
    """The history as an export would hold it."""
    seals: list[tuple[Collection, object]] = [(heads, history.head)]
    seals += [(blocks, block) for block in history.blocks]
    seals += [(known_lines, one) for one in history.known]
    seals += [(waiting_lines, one) for one in history.waiting]
    items = {"seals": [collection.to_item(record) for collection, record in seals]}
    for place, item in history.lines.items():
        items.setdefault(place.partition(":")[0], []).append(item)
    for subject, count in history.counts.items():
        table, _, place = subject.partition(":")
        pk, _, sk = place.partition("/")
        record = {"pk": pk, "sk": sk, "row": "record", "audited": True, "version": count}
        items.setdefault(table, []).append(to_attributes(record))
    for table, found in items.items():
        (folder / f"{table}.jsonl").write_text("".join(json.dumps({"Item": item}) + "\n" for item in found))
    for anchor in history.anchors:
        (folder / anchor.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / anchor.name).write_text(anchor.model_dump_json())
    return folder


def change(folder: Path, table: str, row: int, edit: dict | None) -> dict:
    """One row altered, or gone; the row as it was."""
    file = folder / f"{table}.jsonl"
    lines = [json.loads(line)["Item"] for line in file.read_text().splitlines()]
    before = lines[row]
    lines[row : row + 1] = [before | edit] if edit else []
    file.write_text("".join(json.dumps({"Item": item}) + "\n" for item in lines))
    return before


def test_a_clean_export(tmp_path, capsys):
    folder = exported(random_history(3), tmp_path)
    assert main(["--export", str(folder)]) == 0
    assert "all as it was sealed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("edit", "what"), [({"acts": {"S": "x"}}, "altered"), (None, "missing")], ids=["altered", "missing"]
)
def test_a_changed_export_is_named(tmp_path, capsys, edit, what):
    before = change(exported(random_history(3), tmp_path), "people", 0, edit)
    assert main(["--export", str(tmp_path)]) == 1
    name = f"{before['line_subject']['S']} number {before['line_number']['N']}"
    out = capsys.readouterr().out
    assert f"{what}: {name}" in out
    assert "1 findings" in out


def test_an_anchor_that_differs_is_named(tmp_path, capsys):
    history = random_history(3)
    exported(history, tmp_path)
    anchor = history.anchors[0]
    (tmp_path / anchor.name).write_text(anchor.model_copy(update={"seal": "SM3:0"}).model_dump_json())
    assert main(["--export", str(tmp_path)]) == 1
    assert f"rebuilt: {block_subject('org_1')} number {anchor.block}" in capsys.readouterr().out


def test_what_is_no_export_is_refused_in_a_sentence(tmp_path, capsys):
    assert main(["--export", str(tmp_path)]) == 2
    assert "holds no <table>.jsonl" in capsys.readouterr().err
    assert main(["--state", str(tmp_path)]) == 2
    (tmp_path / "people.jsonl").write_text("no json\n")
    assert main(["--export", str(tmp_path)]) == 2
    assert "people.jsonl line 1 is no item" in capsys.readouterr().err


def test_it_runs_as_a_program_without_a_cloud(tmp_path):
    exported(random_history(4, steps=14), tmp_path)
    command = [sys.executable, "-m", "infra.verify_audit", "--export", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": "/usr/bin"}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
