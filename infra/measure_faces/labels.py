"""Which pictures show the same person, as the folder says it.

With `pairs.csv` (columns `first`, `second`, `same`; files relative to the folder; `same` is 1 or 0) these pairs and no
others. Without it each subfolder is one person: all pairs within it are genuine, pairs across are drawn by a seed.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".webp"})
MOST_GENUINE = MOST_IMPOSTOR = 20_000


class LabelsRefused(ValueError):
    """The folder says nothing that could be measured; the text says why, in one sentence."""


@dataclass(frozen=True)
class Pair:
    """Two files, by their paths within the folder."""

    first: str
    second: str
    same: bool


def pairs_of(folder: Path, seed: int = 0) -> list[Pair]:
    """What is to be compared; the same for the same folder and seed. `LabelsRefused`."""
    listed = folder / "pairs.csv"
    found = _listed(folder, listed) if listed.is_file() else _of_people(folder, random.Random(seed))
    if not any(pair.same for pair in found) or all(pair.same for pair in found):
        raise LabelsRefused("There have to be pairs of one person and pairs of two.")
    return found


def _listed(folder: Path, listed: Path) -> list[Pair]:
    with listed.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = []
    for number, row in enumerate(rows, 2):
        same = (row.get("same") or "").strip()
        if same not in ("0", "1") or not row.get("first") or not row.get("second"):
            raise LabelsRefused(f"Line {number} of pairs.csv needs first, second and same (1 or 0).")
        first, second = (_within(folder, row[side].strip(), number) for side in ("first", "second"))
        found.append(Pair(first, second, same == "1"))
    return found


def _within(folder: Path, name: str, number: int) -> str:
    if not (folder / name).resolve().is_relative_to(folder.resolve()):
        raise LabelsRefused(f"Line {number} of pairs.csv names a file outside the folder.")
    return name


def _of_people(folder: Path, draw: random.Random) -> list[Pair]:
    people = [_pictures(folder, one) for one in sorted(folder.iterdir()) if one.is_dir()]
    people = [pictures for pictures in people if pictures]
    genuine = [Pair(*two, True) for pictures in people for two in combinations(pictures, 2)]
    owner = {picture: number for number, pictures in enumerate(people) for picture in pictures}
    every, impostor = sorted(owner), set[tuple[str, str]]()
    across = sum(len(one) * len(other) for one, other in combinations(people, 2))
    if across <= MOST_IMPOSTOR:
        impostor = {two for two in combinations(every, 2) if owner[two[0]] != owner[two[1]]}
    while len(impostor) < min(across, MOST_IMPOSTOR):
        first, second = sorted(draw.sample(every, 2))
        if owner[first] != owner[second]:
            impostor.add((first, second))
    chosen = genuine if len(genuine) <= MOST_GENUINE else draw.sample(genuine, MOST_GENUINE)
    return [*chosen, *(Pair(*two, False) for two in sorted(impostor))]


def _pictures(folder: Path, person: Path) -> list[str]:
    return sorted(
        one.relative_to(folder).as_posix()
        for one in person.rglob("*")
        if one.is_file() and one.suffix.lower() in ENDINGS
    )
