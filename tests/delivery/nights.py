"""What the nights proved so far: one line a seed in `.nightly/delivery.jsonl`, told as tables in `docs/nightly.md`.

A night that was cut off goes on behind its last line. A seed with a fault is kept with it, and run again.
"""

from __future__ import annotations

from collections import Counter

from tests import nightly
from tests.delivery.acting import Run
from tests.delivery.facts import Acknowledged, Refused, Said, Shown
from tests.delivery.known import Fault
from tests.nightly import Row, table, write_section

PROOF = "delivery"
GROUNDS = {"memory": "functions in one process", "running": "running hospital"}
FOUND = {"lost": ("lost", "unanswered"), "doubled": ("doubled",), "gaps": ("gap",), "reordered": ("order",)}
"""Columns of the report, and the checker's names for what they count; `other faults` are all others."""


def is_done(ground: str, seed: int) -> bool:
    """Did that seed come through, without a fault, on an earlier run?"""
    return any((row["ground"], row["seed"], row["found"]) == (ground, seed, {}) for row in rows())


def keep(ground: str, run: Run, faults: list[Fault], injected: dict[str, int], seconds: float) -> None:
    """A line for a run that was checked, and the report with it. `injected`: how often each trouble came."""
    row = {
        "ground": ground,
        "seed": run.script.seed,
        "people": run.script.persons,
        "devices": len(run.script.devices),
        **counted(run),
        "injected": injected,
        "found": dict(Counter(fault.name for fault in faults)),
        "seconds": round(seconds),
    }
    nightly.keep(PROOF, row)
    tell(rows())


def counted(run: Run) -> dict[str, int]:
    """`sent`: messages and recalls that people gave their devices; `delivered`: messages by the people whose devices
    showed them, each once; `shown`: lines on screens, again after a reload."""
    kinds: tuple[type[Said | Acknowledged | Refused], ...] = (Said, Acknowledged, Refused)
    keys = {kind: {(fact.conversation, fact.person, fact.id) for _, fact in run.journal.of(kind)} for kind in kinds}
    shown = [(fact.conversation, fact.person, fact.line.seq) for _, fact in run.journal.of(Shown)]
    return {
        "sent": len(keys[Said]),
        "acknowledged": len(keys[Acknowledged]),
        "refused": len(keys[Refused] - keys[Acknowledged]),
        "delivered": len(set(shown)),
        "shown": len(shown),
    }


def rows() -> list[Row]:
    """The last line of each seed."""
    return list({(row["ground"], row["seed"]): row for row in nightly.kept(PROOF)}.values())


def tell(done: list[Row]) -> None:
    """The section of the report."""
    what = """Devices by the rules of `tests/delivery/device.py` talk, read, take back, join and leave, lose their
lines, close and reload. `tests/delivery/test_memory.py`: the hospital's own functions and store in one process, every
call of which is a turn that a seeded chance gives to one of them. `tests/delivery/test_running.py`: a local hospital,
killed with -9 and dropped by its gateway meanwhile. What was acknowledged, shown and read is held against what was said
(`tests/delivery/checker.py`), of which the server's tables are no part.
`make nightly ARGS="--only journey -k nothing_is_lost"` goes on where it was cut off; without `.nightly/delivery.jsonl`
it begins anew."""
    seeds = "; ".join(
        f"{words} {_span([row['seed'] for row in done if row['ground'] == ground])}"
        for ground, words in GROUNDS.items()
    )
    terms = f"""Seeds: {seeds}. A whole night has 1000 to 1559, which are 224,000 messages, and 2000 to 2019.
`sent` counts messages and recalls; `refused` are those of people who had left meanwhile, or recalls of what is not
there; `delivered` counts each message once for each person whose device showed it, `shown` once for each screen."""
    write_section("Messages: nothing lost, doubled or reordered", [what, terms, _sums(done), _troubles(done)])


def _sums(done: list[Row]) -> str:
    head = ["who", "seeds", "devices", "sent", "acknowledged", "refused", "delivered", "shown", *FOUND, "other faults",
            "seconds"]  # fmt: skip
    body = []
    for ground, words in GROUNDS.items():
        here = [row for row in done if row["ground"] == ground]
        for people in sorted({row["people"] for row in here}):
            body.append(_summed(f"{people} people, {words}", [row for row in here if row["people"] == people]))
    return table(head, [*body, _summed("all", done)])


def _summed(name: str, found: list[Row]) -> list[object]:
    columns = ("devices", "sent", "acknowledged", "refused", "delivered", "shown")
    sums = [sum(row[column] for row in found) for column in columns]
    faults = sum((Counter(row["found"]) for row in found), Counter[str]())
    named = [sum(faults.pop(name, 0) for name in names) for names in FOUND.values()]
    return [name, len(found), *sums, *named, faults.total(), sum(row["seconds"] for row in found)]


def _troubles(done: list[Row]) -> str:
    sums = {
        ground: sum((Counter(row["injected"]) for row in done if row["ground"] == ground), Counter[str]())
        for ground in GROUNDS
    }
    kinds = sorted({kind for counts in sums.values() for kind in counts})
    return table(
        ["injected", *GROUNDS.values()], [[kind, *(sums[ground][kind] for ground in GROUNDS)] for kind in kinds]
    )


def _span(seeds: list[int]) -> str:
    return f"{min(seeds)} to {max(seeds)}" if seeds else "none"
