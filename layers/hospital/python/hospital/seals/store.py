"""Where lines wait, and blocks and heads are kept. Only the sealer writes here, one chain at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hospital import clock, settings
from hospital.caller import Caller
from hospital.observability import count, say
from hospital.paging import Page
from hospital.records import Key
from hospital.seals import keys
from hospital.seals.model import LINES_PER_BLOCK, Block, Head, KnownLine, SealedLine, Verification, WaitingLine
from hospital.table import Collection
from hospital.work import Work, decided_again

# None of these is audited: they are what the audit lines are held against.
known_lines = Collection(
    KnownLine, "seals", key=lambda known: keys.known_line_key(known.subject, known.number), audited=False
)
waiting_lines = Collection(
    WaitingLine,
    "seals",
    key=lambda waiting: keys.waiting_line_key(waiting.chain, waiting.line.at, waiting.line.place),
    audited=False,
)
blocks = Collection(Block, "seals", key=lambda block: keys.block_key(block.chain, block.number), audited=False)
heads = Collection(
    Head,
    "seals",
    key=lambda head: keys.head_key(head.id),
    lists={"chains": lambda head: Key(keys.ALL_CHAINS, head.id)},
    audited=False,
)
verifications = Collection(
    Verification, "seals", key=lambda one: keys.verification_key(one.chain, clock.text(one.at)), audited=False
)


def receive(chain: str, lines: Sequence[SealedLine], by: Caller) -> int:
    """Let lines wait for the next block of their chain; those that were received before change nothing. How many are
    new. At most 40 at once (one transaction)."""
    unique = {(line.subject, line.number): line for line in lines}
    return decided_again(lambda: _received(chain, list(unique.values()), by))


def _received(chain: str, lines: list[SealedLine], by: Caller) -> int:
    known = {
        (one.subject, one.number): one.digest
        for one in known_lines.get_all([keys.known_line_key(line.subject, line.number) for line in lines])
    }
    for line in lines:
        if known.get((line.subject, line.number), line.digest) != line.digest:
            # Somebody wrote a line of the same number a second time. The first stays; the verifier names it.
            say("an audit line came in two versions", level="error", subject=line.subject, sequence=line.number)
            count("audit_line_in_two_versions")
    new = [line for line in lines if (line.subject, line.number) not in known]
    if not new:
        return 0
    with Work(by=by) as work:
        if heads.get(keys.head_key(chain)) is None:
            work.add(heads, Head(id=chain))
        for line in new:
            work.add(known_lines, KnownLine.of(chain, line))
            work.add(waiting_lines, WaitingLine(id=line.place, chain=chain, line=line))
    return len(new)


def seal_next_block(chain: str, now: datetime, by: Caller) -> Block | None:
    """Seal the lines that have waited longest, if any wait. Raises `ChangedMeanwhile` when another did."""
    head = heads.get(keys.head_key(chain))
    waiting, _ = waiting_lines.between(keys.chain_pk(chain), "WAITING#", f"WAITING#{keys.END}", limit=LINES_PER_BLOCK)
    if head is None or not waiting:
        return None
    block = head.next_block([one.line for one in waiting], now, settings.current().audit_algorithm)
    with Work(by=by) as work:
        work.add(blocks, block)
        work.change(heads, head, head.after(block))
        for one in waiting:
            work.remove(waiting_lines, one)
    return block


def oldest_waiting(chain: str) -> datetime | None:
    """Since when the oldest line of the chain waits for a block; None when none waits."""
    found, _ = waiting_lines.between(keys.chain_pk(chain), "WAITING#", f"WAITING#{keys.END}", limit=1)
    return clock.moment(found[0].line.at) if found else None


def all_heads() -> list[Head]:
    """The heads of all chains, by name."""
    found: list[Head] = []
    page: Page[Head] = Page(items=[], cursor="")
    while page.cursor is not None:
        page = heads.page("chains", keys.ALL_CHAINS, cursor=page.cursor or None, limit=100)
        found += page.items
    return found


def blocks_between(chain: str, first: int, last: int, *, newest_first: bool = False, limit: int = 50) -> list[Block]:
    """Blocks of a chain by their numbers, both included."""
    found, _ = blocks.between(
        keys.chain_pk(chain), f"BLOCK#{first:010d}", f"BLOCK#{last:010d}", limit=limit, newest_first=newest_first
    )
    return found


def last_verification(chain: str) -> Verification | None:
    """What the newest verification of the chain found."""
    found, _ = verifications.between(
        keys.chain_pk(chain), "VERIFICATION#", f"VERIFICATION#{keys.END}", limit=1, newest_first=True
    )
    return found[0] if found else None
