"""The proof on the functions in this process, under seeded turns: the short form, and the long one.

`pytest tests/delivery/test_memory.py --seed 7` runs that seed again, alone; `-m nightly` beside it in its long form.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.builders.cloud import Cloud
from tests.builders.people import Clinic
from tests.delivery.facts import Acknowledged, Shown
from tests.delivery.memory import proven
from tests.nightly import table, write_section

SHORT, LONG = 125, 1000
SEEDS = {
    "test_nothing_is_lost_doubled_or_reordered": range(8),
    "test_nothing_is_lost_doubled_or_reordered_long": range(1000, 1200),
}
DONE = Path(__file__).resolve().parents[2] / ".nightly" / "delivery.jsonl"
"""One line for each seed that came through: a night that was cut off goes on behind it."""


@pytest.mark.journey
def test_nothing_is_lost_doubled_or_reordered(cloud: Cloud, clinic: Clinic, seed: int) -> None:
    """Under every trouble that the memory ground has."""
    run, _ = proven(cloud, clinic, seed, SHORT)
    assert run.faults() == [], f"{run.script}: the same again with seed {seed}"


@pytest.mark.journey
@pytest.mark.nightly
def test_nothing_is_lost_doubled_or_reordered_long(cloud: Cloud, clinic: Clinic, seed: int, tmp_path: Path) -> None:
    """A thousand messages a seed. Seeds that came through before are not run again."""
    if seed in {row["seed"] for row in rows()}:
        return
    began = time.monotonic()
    run, ground = proven(cloud, clinic, seed, LONG)
    faults = run.faults()
    if faults:
        run.journal.write(tmp_path / "journal.jsonl")
    assert faults == [], f"{run.script}: the journal is in {tmp_path}"
    count = Counter(type(fact).__name__ for fact in run.journal.facts)
    acts = Counter(act.what for act in run.script.acts)
    row = {
        "seed": seed,
        "people": run.script.persons,
        "devices": len(run.script.devices),
        "acknowledged": len({(f.conversation, f.person, f.id) for _, f in run.journal.of(Acknowledged)}),
        "shown": count[Shown.__name__],
        "reconnects": acts["break"] + acts["reload"] + acts["leave"] + len(run.script.devices) * acts["drop"],
        "killed": ground.turns.killed,
        "seconds": round(time.monotonic() - began),
    }
    DONE.parent.mkdir(exist_ok=True)
    with DONE.open("a", encoding="utf-8") as done:
        done.write(json.dumps(row) + "\n")
    tell(rows())


def rows() -> list[dict[str, int]]:
    """What came through so far."""
    lines = DONE.read_text(encoding="utf-8").splitlines() if DONE.exists() else []
    return [json.loads(line) for line in lines]


def tell(done: list[dict[str, int]]) -> None:
    """The table of the report, by number of people."""
    head = ["people", "seeds", "devices", "acknowledged", "shown", "reconnects", "functions killed", "lost", "doubled",
            "out of order", "seconds"]  # fmt: skip
    groups = sorted({row["people"] for row in done})
    body = [_summed(str(people), [row for row in done if row["people"] == people]) for people in groups]
    what = """`tests/delivery/test_memory.py`: the hospital's own functions and store, every call of which is a turn
that a seeded chance gives to one of them; devices by the rules of `tests/delivery/device.py` talk, read, take back,
join and leave, lose their lines and reload. Functions are killed at any call; writes are throttled, conflict, fail, or
lose their answer; pushes are refused, answered 410, lost, doubled, late and out of order. What was acknowledged, shown
and read is held against what was said (`tests/delivery/checker.py`).
`make nightly ARGS="--only journey -k test_memory"` goes on where it was cut off; without `.nightly/delivery.jsonl` it
begins anew."""
    write_section("Messages: nothing lost, doubled or reordered", [what, table(head, [*body, _summed("all", done)])])


def _summed(name: str, found: list[dict[str, int]]) -> list[object]:
    sums = [
        sum(row[column] for row in found) for column in ("devices", "acknowledged", "shown", "reconnects", "killed")
    ]
    return [name, len(found), *sums, 0, 0, 0, sum(row["seconds"] for row in found)]
