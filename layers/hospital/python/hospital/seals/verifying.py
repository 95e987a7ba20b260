"""Are lines and seals as they were? Pure: what was read is handed in, what is wrong is named.

A line's content is held against the digest in its block, its place against the numbers of its subject, the records
against the lines that tell of them, each block against the one before it, and the chain against anchors that nobody
could change. `Evidence` may hold all of the tables, or the lines of some blocks only (`complete=False`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hospital.records import Item
from hospital.seals.model import (
    Anchor,
    Block,
    Finding,
    Head,
    KnownLine,
    SealedLine,
    WaitingLine,
    What,
    block_subject,
    is_line_digest,
    line_digest,
)

ON_ITS_WAY = timedelta(minutes=15)  # stream, queue and the minute of the block; the alarm rings at five
Name = tuple[str, int]


@dataclass
class Evidence:
    """What was read. `lines` and `counts` are by place and subject, as `subject_name` spells them."""

    lines: Mapping[str, Item] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    known: list[KnownLine] = field(default_factory=list)
    waiting: list[WaitingLine] = field(default_factory=list)
    read_at: datetime | None = None
    first_block: int = 1
    complete: bool = True


def verify(evidence: Evidence) -> list[Finding]:
    """Everything that is not as it was sealed; an empty list when all is well."""
    found = [*_chains(evidence), *_lines(evidence)]
    if evidence.complete:
        found += [*_received(evidence), *_numbers(evidence)]
    return sorted(dict.fromkeys(found), key=lambda one: (one.subject, one.number, one.what))


# -- chains -------------------------------------------------------------------------------------------------------


def _chains(evidence: Evidence) -> Iterator[Finding]:
    heads = {head.id: head for head in evidence.heads}
    chains = {*heads, *(block.chain for block in evidence.blocks), *(anchor.chain for anchor in evidence.anchors)}
    for chain in sorted(chains):
        blocks = {block.number: block for block in evidence.blocks if block.chain == chain}
        yield from _chain(chain, blocks, heads.get(chain), evidence)


def _chain(chain: str, blocks: dict[int, Block], head: Head | None, evidence: Evidence) -> Iterator[Finding]:
    subject, first, last = block_subject(chain), evidence.first_block, max(blocks, default=0)
    anchors = [anchor for anchor in evidence.anchors if anchor.chain == chain]
    reached = max([head.number if head else 0, *(anchor.block for anchor in anchors)])
    for number in range(first, max(last, reached) + 1):
        block = blocks.get(number)
        if block is None:
            yield _found("missing" if number < last else "cut_off", subject, number, "block")
        elif not block.is_whole or block.id != f"{chain}#{number}":
            yield _found("altered", subject, number, "block")
        elif number > first and number - 1 in blocks and blocks[number - 1].seal != block.previous:
            yield _found("altered", subject, number - 1, f"block {number} was sealed after another one")
        elif number == 1 and block.previous:
            yield _found("altered", subject, number, "block")
    yield from _head(subject, blocks, head, last)
    for anchor in anchors:
        stands = blocks.get(anchor.block)
        if anchor.block >= first and stands is not None and stands.seal != anchor.seal:
            yield _found("rebuilt", subject, anchor.block, f"the anchor of {anchor.anchored_at:%Y-%m-%d} differs")


def _head(subject: str, blocks: dict[int, Block], head: Head | None, last: int) -> Iterator[Finding]:
    if head is None:
        yield _found("missing", subject, last, "head")
    elif head.number < last or (head.number in blocks and blocks[head.number].seal != head.seal):
        yield _found("altered", subject, head.number, "head")
    elif head.number == 0 and head.seal:
        yield _found("altered", subject, 0, "head")


# -- lines and their seals ----------------------------------------------------------------------------------------


def _sealed(evidence: Evidence) -> Iterator[SealedLine]:
    for block in evidence.blocks:
        yield from block.lines


def _lines(evidence: Evidence) -> Iterator[Finding]:
    """Sealed and waiting lines against what stands at their places."""
    expected: dict[str, SealedLine] = {one.line.place: one.line for one in evidence.waiting}
    for line in _sealed(evidence):
        before = expected.setdefault(line.place, line)
        if before.digest.partition(":")[0] == line.digest.partition(":")[0] and before.digest != line.digest:
            yield _found("altered", line.subject, line.number, "sealed in two versions")
    highest: dict[str, int] = {}
    for line in expected.values():
        if line.place in evidence.lines:
            highest[line.subject] = max(highest.get(line.subject, 0), line.number)
    by_digest = {line.digest: line for line in expected.values()}
    algorithms = {digest.partition(":")[0] for digest in by_digest}
    for place, line in expected.items():
        item = evidence.lines.get(place)
        if item is None:
            is_tail = 0 < highest.get(line.subject, 0) < line.number
            yield _found("cut_off" if is_tail else "missing", line.subject, line.number, "line")
        elif not is_line_digest(line.digest, item):
            owner = next(
                (by_digest[name] for name in (_digest(item, one) for one in algorithms) if name in by_digest), None
            )
            said = f"here stands number {owner.number} of {owner.subject}" if owner else "line"
            yield _found("swapped" if owner else "altered", line.subject, line.number, said)


def _received(evidence: Evidence) -> Iterator[Finding]:
    """What was received is sealed or waits, as it was received; what stands in the tables was received."""
    sealed: dict[Name, SealedLine] = {(line.subject, line.number): line for line in _sealed(evidence)}
    waiting: dict[Name, SealedLine] = {(one.line.subject, one.line.number): one.line for one in evidence.waiting}
    known: dict[Name, KnownLine] = {(one.subject, one.number): one for one in evidence.known}
    for name, mark in known.items():
        line = sealed.get(name) or waiting.get(name)
        if line is None:
            yield _found("missing", *name, "received, yet in no block")
        elif line.digest != mark.digest:
            yield _found("altered", *name, "received under another digest")
    for name in {*sealed, *waiting} - set(known):
        yield _found("missing", *name, "the mark of its receipt")
    places = {line.place for line in (*sealed.values(), *waiting.values())}
    for place, item in evidence.lines.items():
        name = item["line_subject"]["S"], int(item["line_number"]["N"])
        if place not in places and (name in known or name in sealed or _is_late(item, evidence.read_at)):
            yield _found("unsealed", *name, f"stands at {place}")


def _is_late(item: Item, read_at: datetime | None) -> bool:
    return read_at is not None and datetime.fromisoformat(item["line_at"]["S"]) < read_at - ON_ITS_WAY


def _numbers(evidence: Evidence) -> Iterator[Finding]:
    """Per subject every number from 1 to the last that a record, a seal or a line speaks of."""
    there: dict[str, set[int]] = {}
    for item in evidence.lines.values():
        there.setdefault(item["line_subject"]["S"], set()).add(int(item["line_number"]["N"]))
    sealed: dict[str, set[int]] = {}
    for line in (*_sealed(evidence), *(one.line for one in evidence.waiting)):
        sealed.setdefault(line.subject, set()).add(line.number)
    for subject in {*there, *evidence.counts}:
        numbers = there.get(subject, set())
        highest = max(numbers, default=0)
        for number in _gaps(numbers | sealed.get(subject, set()), evidence.counts.get(subject, 0)):
            yield _found("missing" if number < highest else "cut_off", subject, number, "line")


def _gaps(numbers: set[int], last: int) -> Iterable[int]:
    return (number for number in range(1, max([last, *numbers]) + 1) if number not in numbers)


def _digest(item: Item, algorithm: str) -> str:
    try:
        return line_digest(item, algorithm)
    except KeyError:  # an algorithm that nobody knows: what names it was altered
        return ""


def _found(what: What, subject: str, number: int, detail: str) -> Finding:
    return Finding(what=what, subject=subject, number=number, detail=detail)
