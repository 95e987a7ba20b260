"""Chains of seals, to read."""

from __future__ import annotations

from hospital.caller import Caller
from hospital.seals.anchoring import anchors_of
from hospital.seals.keys import head_key
from hospital.seals.model import Anchor, Block, Head, Verification
from hospital.seals.store import all_heads, blocks_between, heads, last_verification
from house.seal_views import readable_head

ANCHORS_SHOWN = 10


def chains_of(who: Caller) -> list[Head]:
    """An operator sees all chains; staff see their organisation's, once there is one."""
    if who.role == "operator":
        return all_heads()
    own = heads.get(head_key(who.organisation_id))
    return [own] if own else []


def chain_of(chain: str, who: Caller) -> tuple[Head, list[Anchor], Verification | None]:
    """A chain, its newest anchors, and its last verification."""
    head = readable_head(chain, who)
    return head, anchors_of(head, newest=ANCHORS_SHOWN), last_verification(chain)


def blocks_of(chain: str, before: int | None, limit: int, who: Caller) -> list[Block]:
    """Blocks, newest first."""
    head = readable_head(chain, who)
    last = min(head.number, before - 1 if before else head.number)
    return blocks_between(chain, 1, last, newest_first=True, limit=limit) if last else []
