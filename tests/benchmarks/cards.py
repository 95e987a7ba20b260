"""Reads generated cards and counts: `python -m tests.benchmarks.cards --journal cards.jsonl --out cards.md`.

The seeds of development (0 and 100) are what thresholds were set on; the held-out one (9000) no tuning ever saw. A
field counts when it is exactly what stands on the card. `--cards 100` cards are photographed from both sides, each in
one of the ten conditions, and `--troubles` of them in each trouble.

What became of a picture is a line in the journal at once. Who is interrupted begins again where the journal ends, and
two machines may share the work: pictures that it names are not read twice.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.benchmarks.__main__ import IMPORT_ROOTS

HELD_OUT = 9000


@dataclass(frozen=True)
class Picture:
    """One photograph: whose card, which side, and how it was taken."""

    seed: int
    condition: str
    side: str


@dataclass
class Found:
    """What became of it. `missed`: field -> what was read instead."""

    fields: int
    missed: dict[str, str] = field(default_factory=dict)
    warned: list[str] = field(default_factory=list)
    refused: str = ""
    seconds: float = 0.0

    @property
    def wrong_accepted(self) -> bool:
        """Whether a number that stands on no card would have passed."""
        return "number" in self.missed and not self.warned and not self.refused


def pictures(seed: int, cards: int, troubles: int) -> Iterator[Picture]:
    """All that are to be read."""
    from tests.builders.id_cards import CONDITIONS, TROUBLES

    for number in range(cards):
        for side in ("front", "back"):
            yield Picture(seed + number, list(CONDITIONS)[number % len(CONDITIONS)], side)
    for trouble in TROUBLES:
        for number in range(troubles):
            yield Picture(seed + cards + number, trouble, "back" if number % 2 and trouble != "edited" else "front")


def read(one: Picture) -> Found:
    """Take it, and read it as the hospital's own function does."""
    from identity.look_at_pictures.opening import opened
    from identity.look_at_pictures.reading import NoCard, OtherSide, read_card
    from tests.builders.id_cards import as_jpeg, drawn_back, drawn_front, made_card, photographed

    card = made_card(one.seed)
    drawn = drawn_front(card) if one.side == "front" else drawn_back(card)
    content = as_jpeg(photographed(drawn, one.condition, one.seed))
    wanted = card.side(one.side)
    found = Found(len(wanted))
    began = time.perf_counter()
    try:
        seen = read_card(opened(content), one.side)  # type: ignore[arg-type]
        found.missed = {name: seen.fields[name] for name, text in wanted.items() if seen.fields[name] != text}
        found.warned = sorted(seen.warnings)
    except (NoCard, OtherSide) as refusal:
        found.refused, found.missed = type(refusal).__name__, dict.fromkeys(wanted, "")
    found.seconds = round(time.perf_counter() - began, 2)
    return found


def measured(seed: int, cards: int, troubles: int, journal: Path) -> dict[Picture, Found]:
    """Picture -> what became of it, those of the journal without looking again."""
    known = {}
    if journal.exists():
        for line in journal.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            known[Picture(**told["picture"])] = Found(**told["found"])
    wanted = list(pictures(seed, cards, troubles))
    for one in wanted:
        if one not in known:
            known[one] = read(one)
            with journal.open("a", encoding="utf-8") as lines:
                told = {"picture": asdict(one), "found": asdict(known[one])}
                lines.write(json.dumps(told, ensure_ascii=False) + "\n")
    return {one: known[one] for one in wanted}


def table(found: dict[Picture, Found]) -> str:
    """As Markdown, a row for each condition."""
    lines = [
        "| condition | pictures | fields right | refused | pictures warned of | wrong number accepted |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in dict.fromkeys(one.condition for one in found):
        some = [what for one, what in found.items() if one.condition == name]
        fields = sum(what.fields for what in some)
        right = fields - sum(len(what.missed) for what in some)
        codes = Counter(code for what in some for code in what.warned)
        warned = ", ".join(f"{code} {times}" for code, times in sorted(codes.items())) or "–"
        refused, wrong = sum(bool(what.refused) for what in some), sum(what.wrong_accepted for what in some)
        share = f"{right}/{fields} ({100 * right / fields:.1f} %)"
        lines.append(f"| {name} | {len(some)} | {share} | {refused} | {warned} | {wrong} |")
    return "\n".join(lines) + "\n"


def report(seed: int, found: dict[Picture, Found]) -> str:
    """All that was counted."""
    from tests.builders.id_cards import CONDITIONS

    ordinary = {one: what for one, what in found.items() if one.condition in CONDITIONS}
    fields = sum(what.fields for what in ordinary.values())
    right = fields - sum(len(what.missed) for what in ordinary.values())
    seconds = sorted(what.seconds for what in found.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    missed = [
        f"- {one.seed} {one.condition} {one.side} {name}: read {text!r}"
        for one, what in ordinary.items()
        for name, text in what.missed.items()
    ]
    return (
        f"Seed {seed}: {right} of {fields} fields in the ten conditions; {seconds[len(seconds) // 2]:.1f} seconds a "
        f"picture (median), {memory} MB at most.\n\n{table(found)}\n"
        "Not as on the card, in the ten conditions:\n\n" + "\n".join(missed or ["- none"]) + "\n"
    )


def main(arguments: list[str]) -> int:
    """0 when no card with a wrong number was accepted."""
    parser = argparse.ArgumentParser(description="Reads generated cards and counts.")
    parser.add_argument("--seed", type=int, default=HELD_OUT)
    parser.add_argument("--cards", type=int, default=100)
    parser.add_argument("--troubles", type=int, default=10)
    parser.add_argument("--journal", type=Path, default=Path("cards.jsonl"))
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args(arguments)
    sys.path[:0] = [str(folder) for folder in IMPORT_ROOTS if str(folder) not in sys.path]
    found = measured(chosen.seed, chosen.cards, chosen.troubles, chosen.journal)
    said = report(chosen.seed, found)
    print(said)
    if chosen.out:
        chosen.out.write_text(said, encoding="utf-8")
    return int(any(what.wrong_accepted for what in found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
