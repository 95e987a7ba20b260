"""Whatever is changed in a sealed history is found, and named; a history that nobody touched is clean."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

import pytest

from hospital.digests import digest
from hospital.seals.model import Block, Finding, block_content, block_subject
from hospital.seals.verifying import Evidence, verify
from tests.builders.history import History, random_history

pytestmark = pytest.mark.unit

CHAIN = block_subject("org_1")
SEEDS = range(40)


def names(found: list[Finding]) -> set[tuple[str, str, int]]:
    return {(one.what, one.subject, one.number) for one in found}


def of(place: str, evidence: Evidence) -> tuple[str, int]:
    item = evidence.lines[place]
    return item["line_subject"]["S"], int(item["line_number"]["N"])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clean_history_is_clean(seed):
    assert verify(random_history(seed).evidence()) == []


# Each changes one thing and answers what has to be named: (what, subject, number).
Mutation = Callable[[Evidence, random.Random], tuple[str, str, int]]


def alter_a_line(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    place = choice.choice(sorted(evidence.lines))
    name = of(place, evidence)
    evidence.lines[place] |= {choice.choice(["acts", "line_at", "row", "added"]): {"S": "something else"}}
    return ("altered", *name)


def take_a_line(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    place = choice.choice(sorted(evidence.lines))
    subject, number = of(place, evidence)
    others = [n for s, n in (of(other, evidence) for other in evidence.lines if other != place) if s == subject]
    del evidence.lines[place]
    return ("cut_off" if others and number > max(others) else "missing", subject, number)


def swap_two_lines(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    one, two = choice.sample(sorted(evidence.lines), 2)
    name = of(one, evidence)
    keys = {place: {part: evidence.lines[place][part] for part in ("pk", "sk")} for place in (one, two)}
    first, second = evidence.lines[one], evidence.lines[two]
    evidence.lines[one], evidence.lines[two] = second | keys[one], first | keys[two]
    return ("swapped", *name)


def alter_a_block(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    number = choice.randrange(len(evidence.blocks))
    block = evidence.blocks[number]
    lines = list(block.lines)
    if len(lines) > 1:
        lines[0], lines[1] = lines[1], lines[0]
        evidence.blocks[number] = block.having(lines=tuple(lines))
    else:
        evidence.blocks[number] = block.having(previous="SHA-256:00")
    return ("altered", CHAIN, block.number)


def take_a_block(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    block = evidence.blocks.pop(choice.randrange(len(evidence.blocks)))
    last = max(one.number for one in evidence.blocks)
    return ("missing" if block.number < last else "cut_off", CHAIN, block.number)


def swap_two_blocks(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    one, two = choice.sample(range(len(evidence.blocks)), 2)
    first, second = evidence.blocks[one], evidence.blocks[two]
    evidence.blocks[one] = second.having(id=first.id, number=first.number)
    evidence.blocks[two] = first.having(id=second.id, number=second.number)
    return ("altered", CHAIN, first.number)


def take_the_head(evidence: Evidence, _: random.Random) -> tuple[str, str, int]:
    last = max(block.number for block in evidence.blocks)
    evidence.heads.clear()
    return ("missing", CHAIN, last)


def put_the_head_back(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    block = choice.choice(evidence.blocks[:-1])
    evidence.heads = [evidence.heads[0].having(number=block.number, seal=block.seal)]
    return ("altered", CHAIN, block.number)


def alter_an_anchor(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    number = choice.randrange(len(evidence.anchors))
    anchor = evidence.anchors[number]
    evidence.anchors[number] = anchor.model_copy(update={"seal": "SM3:00"})
    return ("rebuilt", CHAIN, anchor.block)


def take_what_waits(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    gone = evidence.waiting.pop(choice.randrange(len(evidence.waiting)))
    return ("missing", gone.line.subject, gone.line.number)


def take_a_receipt(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    gone = evidence.known.pop(choice.randrange(len(evidence.known)))
    return ("missing", gone.subject, gone.number)


def slip_in_a_line(evidence: Evidence, choice: random.Random) -> tuple[str, str, int]:
    place = choice.choice(sorted(evidence.lines))
    subject = of(place, evidence)[0]
    evidence.lines[f"{place}x"] = evidence.lines[place] | {"line_number": {"N": "999"}}
    return ("unsealed", subject, 999)


MUTATIONS: list[Mutation] = [
    alter_a_line,
    take_a_line,
    swap_two_lines,
    alter_a_block,
    take_a_block,
    swap_two_blocks,
    take_the_head,
    put_the_head_back,
    alter_an_anchor,
    take_what_waits,
    take_a_receipt,
    slip_in_a_line,
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_changed_is_named(mutation, seed):
    evidence = copy.deepcopy(random_history(seed).evidence())
    wanted = mutation(evidence, random.Random(seed))
    assert wanted in names(verify(evidence))


def rebuilt(history: History, first: int) -> None:
    """The chain from block `first` on, made again over what the blocks hold now; head and receipts too."""
    previous = history.blocks[first - 2].seal if first > 1 else ""
    for number in range(first, len(history.blocks) + 1):
        block = history.blocks[number - 1]
        content = block_content(block.chain, number, previous, block.sealed_at, block.lines)
        history.blocks[number - 1] = block.having(previous=previous, seal=digest("block", content, "SHA-256"))
        previous = history.blocks[number - 1].seal
    history.head = history.head.having(seal=previous)


def forged(history: History, block: Block, position: int) -> None:
    """One line altered, and everything that could tell of it altered with it, anchors excepted."""
    line = block.lines[position]
    item = history.lines[line.place] | {"acts": {"S": "nothing happened"}}
    history.lines[line.place] = item
    new = line.of(line.table, item, "SHA-256")
    lines = tuple(new if one == line else one for one in block.lines)
    history.blocks[block.number - 1] = block.having(lines=lines)
    history.known = [
        one.having(digest=new.digest) if (one.subject, one.number) == (line.subject, line.number) else one
        for one in history.known
    ]
    rebuilt(history, block.number)


@pytest.mark.parametrize("seed", range(10))
def test_a_chain_that_was_made_again_differs_from_its_anchors(seed):
    history = random_history(seed)
    block = history.blocks[seed % (len(history.blocks) - 1)]
    forged(history, block, 0)
    found = names(verify(history.evidence()))
    first = min(anchor.block for anchor in history.anchors if anchor.block >= block.number)
    assert ("rebuilt", CHAIN, first) in found
    assert {what for what, _, _ in found} == {"rebuilt"}


def test_blocks_that_were_cut_off_with_their_head_are_missed_by_the_anchor():
    history = random_history(1)
    anchored = history.anchors[-1].block
    gone = history.blocks[anchored - 1 :]
    history.blocks = history.blocks[: anchored - 1]
    history.head = history.head.having(number=anchored - 1, seal=history.blocks[-1].seal)
    found = names(verify(history.evidence()))
    assert ("cut_off", CHAIN, anchored) in found
    assert {("missing", line.subject, line.number) for block in gone for line in block.lines} <= found


def test_a_tail_younger_than_the_last_seal_is_missed_by_its_record():
    """Line, receipt and place in the queue are gone; the record still says how many there were."""
    history = random_history(2)
    line = history.waiting[-1].line
    history.waiting = [one for one in history.waiting if one.line != line]
    history.known = [one for one in history.known if (one.subject, one.number) != (line.subject, line.number)]
    del history.lines[line.place]
    assert names(verify(history.evidence())) == {("cut_off", line.subject, line.number)}


def test_a_whole_history_of_a_record_that_is_gone_is_missed_by_it():
    history = History()
    history.counts["clinical:VISIT#vis_9/VISIT"] = 2
    assert names(verify(history.evidence())) == {
        ("cut_off", "clinical:VISIT#vis_9/VISIT", 1),
        ("cut_off", "clinical:VISIT#vis_9/VISIT", 2),
    }


def test_a_line_that_is_on_its_way_is_no_finding_until_it_is_late():
    history = History()
    line = history.write("vis_1")
    history.known, history.waiting = [], []
    evidence = history.evidence()
    assert names(verify(evidence)) == {("unsealed", line.subject, 1)}
    evidence.read_at = history.blocks[0].sealed_at if history.blocks else None
    assert verify(evidence) == []
