"""Sealed lines, blocks and the heads of chains: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from hospital.audit import subject_name
from hospital.digests import digest, is_digest
from hospital.records import Item, Key, Record

LINES_PER_BLOCK = 90  # with block and head they fit into one transaction of 100
ANCHORS = "audit-anchors"
What = Literal["altered", "missing", "swapped", "cut_off", "unsealed", "rebuilt"]
_NOT_DIGESTED = frozenset({"pk", "sk"})  # the place is sealed beside the digest, so that a swap can be told


class SealedLine(BaseModel):
    """One line as a block holds it: where it stands, what it is about, and the digest of everything else in it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    table: str
    pk: str
    sk: str
    subject: str
    number: int
    at: str
    digest: str

    @classmethod
    def of(cls, table: str, item: Item, algorithm: str) -> Self:
        """What is sealed of an item that carries the marks of a line."""
        return cls(
            table=table,
            pk=item["pk"]["S"],
            sk=item["sk"]["S"],
            subject=item["line_subject"]["S"],
            number=int(item["line_number"]["N"]),
            at=item["line_at"]["S"],
            digest=line_digest(item, algorithm),
        )

    @property
    def key(self) -> Key:
        """Its place in its table."""
        return Key(self.pk, self.sk)

    @property
    def place(self) -> str:
        """Its place among all tables."""
        return subject_name(self.table, self.key)

    @property
    def content(self) -> list[Any]:
        """What the block's seal covers of it."""
        return [self.table, self.pk, self.sk, self.subject, self.number, self.at, self.digest]


class WaitingLine(Record):
    """A line that was received and is not in a block yet. `id` is its place."""

    chain: str
    line: SealedLine


class KnownLine(Record):
    """That a line was received, under which digest: a second delivery changes nothing. `id` is `<subject>#<number>`."""

    chain: str
    subject: str
    number: int
    digest: str

    @classmethod
    def of(cls, chain: str, line: SealedLine) -> Self:
        """The mark of a line that has just been received."""
        name = f"{line.subject}#{line.number}"
        return cls(id=name, chain=chain, subject=line.subject, number=line.number, digest=line.digest)


class Block(Record):
    """Lines sealed together. `seal` covers everything in it, the seal before it too; `id` is `<chain>#<number>`."""

    chain: str
    number: int
    previous: str
    sealed_at: datetime
    lines: tuple[SealedLine, ...]
    seal: str

    @property
    def is_whole(self) -> bool:
        """Whether the seal is that of its contents."""
        return is_digest(self.seal, "block", self.content)

    @property
    def content(self) -> dict[str, Any]:
        """What the seal covers."""
        return block_content(self.chain, self.number, self.previous, self.sealed_at, self.lines)


class Head(Record):
    """The end of a chain; `id` is an organisation's, or `org_platform`. `anchored` is the last block with an anchor."""

    number: int = 0
    seal: str = ""
    lines: int = 0
    sealed_at: datetime | None = None
    anchored: int = 0
    anchored_at: datetime | None = None

    def next_block(self, lines: Sequence[SealedLine], now: datetime, algorithm: str) -> Block:
        """The block that follows."""
        number = self.number + 1
        content = block_content(self.id, number, self.seal, now, lines)
        return Block(
            id=f"{self.id}#{number}",
            chain=self.id,
            number=number,
            previous=self.seal,
            sealed_at=now,
            lines=tuple(lines),
            seal=digest("block", content, algorithm),
        )

    def after(self, block: Block) -> Self:
        """The head once `block` stands."""
        lines = self.lines + len(block.lines)
        return self.having(number=block.number, seal=block.seal, lines=lines, sealed_at=block.sealed_at)

    def anchor(self, now: datetime) -> Anchor:
        """What is put where nobody can change it."""
        return Anchor(chain=self.id, block=self.number, seal=self.seal, anchored_at=now)


class Anchor(BaseModel):
    """A head as it was on a day."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    chain: str
    block: int
    seal: str
    anchored_at: datetime

    @property
    def name(self) -> str:
        """The object that holds it: one a chain and day."""
        return f"{ANCHORS}/{self.chain}/{self.anchored_at:%Y-%m-%d}.json"


class Finding(BaseModel):
    """Something that is not as it was sealed: which number of which subject. A block's subject is its chain."""

    model_config = ConfigDict(frozen=True)

    what: What
    subject: str
    number: int
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.subject} number {self.number}{f' ({self.detail})' if self.detail else ''}"


class Verification(Record):
    """What was checked of a chain, and what was found. `id` is `<chain>#<time>`."""

    chain: str
    at: datetime
    by: str
    first_block: int
    last_block: int
    lines: int
    anchors: int
    findings: tuple[Finding, ...] = ()
    complete: bool = False
    """Whether the blocks from the first to the head were looked at."""


def line_digest(item: Item, algorithm: str) -> str:
    """The digest of a line's item, without its place."""
    return digest("line", {name: value for name, value in item.items() if name not in _NOT_DIGESTED}, algorithm)


def is_line_digest(written: str, item: Item) -> bool:
    """Whether `written` is the digest of that item, by the algorithm it names."""
    return is_digest(written, "line", {name: value for name, value in item.items() if name not in _NOT_DIGESTED})


def block_content(
    chain: str, number: int, previous: str, sealed_at: datetime, lines: Sequence[SealedLine]
) -> dict[str, Any]:
    """What a block's seal covers, in the order of the lines."""
    return {
        "chain": chain,
        "number": number,
        "previous": previous,
        "sealed_at": sealed_at.isoformat(),
        "lines": [line.content for line in lines],
    }


def block_subject(chain: str) -> str:
    """How findings call the blocks of a chain."""
    return f"chain:{chain}"
