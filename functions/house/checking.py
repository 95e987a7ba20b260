"""What those who verify seals share: reading a chain's evidence within a budget, and keeping what was found."""

from __future__ import annotations

from datetime import datetime

from hospital.caller import Caller
from hospital.observability import count, say
from hospital.records import Item, Key
from hospital.seals.anchoring import anchors_of
from hospital.seals.keys import head_key
from hospital.seals.model import Block, Head, Verification
from hospital.seals.store import blocks_between, heads, verifications
from hospital.seals.verifying import Evidence, verify
from hospital.table import Table, TableName
from hospital.work import Work
from house.seal_views import VerificationView

BLOCKS = 120  # newest of a chain that one verification looks at: some ten thousand lines, well under the time limit
PER_READ = 100


def check_chain(chain: str, now: datetime, by: Caller) -> VerificationView:
    """Hold the newest blocks of a chain against each other, against the lines in the tables, and against the anchors.
    What is older is for the offline verifier, which reads everything. The result is kept."""
    head = heads.need(head_key(chain))
    blocks = _newest(chain, head)
    anchors = anchors_of(head)
    first = blocks[0].number if blocks else 1
    evidence = Evidence(
        lines=_lines_of(blocks),
        blocks=blocks,
        heads=[head],
        anchors=anchors,
        read_at=now,
        first_block=first,
        complete=False,
    )
    findings = tuple(verify(evidence))
    result = Verification(
        id=f"{chain}#{now.isoformat()}",
        chain=chain,
        at=now,
        by=by.person_id,
        first_block=first,
        last_block=head.number,
        lines=sum(len(block.lines) for block in blocks),
        anchors=len(anchors),
        findings=findings[:50],
        complete=first == 1,
    )
    if findings:
        say("audit lines are not as they were sealed", level="error", count=len(findings), where=chain)
        count("audit_seals_broken", len(findings))
    with Work(by=by) as work:
        return work.answer(VerificationView.of(work.add(verifications, result)))


def _newest(chain: str, head: Head) -> list[Block]:
    """In order, each page small: a block may have thirty kilobytes."""
    found: list[Block] = []
    first = max(1, head.number - BLOCKS + 1)
    while first <= head.number:
        part = blocks_between(chain, first, min(first + 19, head.number), limit=20)
        found += part
        first += 20
    return found


def _lines_of(blocks: list[Block]) -> dict[str, Item]:
    wanted: dict[TableName, list[tuple[str, Key]]] = {}
    for block in blocks:
        for line in block.lines:
            wanted.setdefault(line.table, []).append((line.place, line.key))  # type: ignore[arg-type] # as it was sealed
    found: dict[str, Item] = {}
    for name, places in wanted.items():
        table = Table(name)
        for start in range(0, len(places), PER_READ):
            part = {key: place for place, key in places[start : start + PER_READ]}
            found |= {part[key]: item for key, item in table.read_all(part).items()}
    return found
