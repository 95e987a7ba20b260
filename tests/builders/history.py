"""A history of audit lines as the tables hold it, sealed: made without a table, so that a thousand can be made."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta

from hospital.audit import OwnLine, audit_key, subject_name
from hospital.records import Item, Key, to_attributes
from hospital.seals.model import Anchor, Block, Head, KnownLine, SealedLine, WaitingLine
from hospital.seals.verifying import Evidence
from tests.builders.moments import START

TABLES = ("people", "clinical", "conversations")


@dataclass
class History:
    """One chain: its lines, in the order in which they were written, and what was sealed of them."""

    chain: str = "org_1"
    algorithm: str = "SHA-256"
    lines: dict[str, Item] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    head: Head = field(default_factory=lambda: Head(id="org_1"))
    anchors: list[Anchor] = field(default_factory=list)
    known: list[KnownLine] = field(default_factory=list)
    waiting: list[WaitingLine] = field(default_factory=list)

    def write(self, record: str, table: str = "clinical") -> SealedLine:
        """One more line about a record, received."""
        subject = Key(f"VISIT#{record}", "VISIT")
        name = subject_name(table, subject)
        number = self.counts.get(name, 0) + 1
        self.counts[name] = number
        at = START + timedelta(seconds=len(self.lines))
        place = audit_key(subject, number)
        marks = OwnLine(subject, number, at, self.chain).marks(table)
        item = to_attributes({"pk": place.pk, "sk": place.sk, "row": "audit", **marks, "acts": [f"act.{number}"]})
        line = SealedLine.of(table, item, self.algorithm)
        self.lines[line.place] = item
        self.known.append(KnownLine.of(self.chain, line))
        self.waiting.append(WaitingLine(id=line.place, chain=self.chain, line=line))
        return line

    def seal(self) -> None:
        """A block of all that waits."""
        if self.waiting:
            now = START + timedelta(minutes=self.head.number + 1)
            block = self.head.next_block([one.line for one in self.waiting], now, self.algorithm)
            self.blocks.append(block)
            self.head = self.head.after(block)
            self.waiting = []

    def anchor(self) -> None:
        """The head, where nobody changes it."""
        if self.head.number:
            self.anchors.append(self.head.anchor(START + timedelta(days=len(self.anchors) + 1)))

    def evidence(self) -> Evidence:
        """All that a verifier would read, a day later."""
        return Evidence(
            lines=dict(self.lines),
            counts=dict(self.counts),
            blocks=list(self.blocks),
            heads=[self.head],
            anchors=list(self.anchors),
            known=list(self.known),
            waiting=list(self.waiting),
            read_at=START + timedelta(days=400),
        )


def random_history(seed: int, steps: int = 40) -> History:
    """Lines about a few records in several tables, sealed and anchored now and then; the last ones wait."""
    choice = random.Random(seed)
    history = History(algorithm=choice.choice(["SHA-256", "SM3"]))
    for number in range(steps):
        history.write(f"vis_{choice.randrange(6)}", choice.choice(TABLES))
        if number % 7 == 6:
            history.algorithm = choice.choice(["SHA-256", "SM3"])
            history.seal()
            if choice.random() < 0.4:
                history.anchor()
    history.seal()
    history.anchor()
    for _ in range(choice.randrange(1, 4)):
        history.write(f"vis_{choice.randrange(6)}")
    history.seal()
    for _ in range(3):
        history.write(f"vis_{choice.randrange(6)}")
    return history
