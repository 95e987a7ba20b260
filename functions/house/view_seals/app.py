"""Routes of the seals, to read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hospital.caller import Caller
from hospital.http import App
from hospital.policy import can
from hospital.seals.model import Anchor, Block, Verification
from house.seal_views import ChainView, VerificationView
from house.view_seals.use_case import blocks_of, chain_of, chains_of

app = App("view_seals")


class Chains(BaseModel):
    """The chains that the caller may see."""

    items: list[ChainView]


class BlocksQuery(BaseModel):
    """Which blocks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    before: Annotated[int, Field(ge=1, description="Only blocks of lower numbers")] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class BlockView(BaseModel):
    """One block, without its lines."""

    number: int
    sealed_at: datetime
    lines: int
    seal: str
    previous: str

    @classmethod
    def of(cls, block: Block) -> BlockView:
        """The view of a block."""
        return cls(**block.model_dump(include={"number", "sealed_at", "seal", "previous"}), lines=len(block.lines))


class Blocks(BaseModel):
    """Blocks, newest first; `before` goes on, null at the first."""

    items: list[BlockView]
    before: int | None


class AnchorView(BaseModel):
    """A head as it was anchored."""

    block: int
    seal: str
    anchored_at: datetime

    @classmethod
    def of(cls, anchor: Anchor) -> AnchorView:
        """The view of an anchor."""
        return cls(**anchor.model_dump(include=set(cls.model_fields)))


class ChainDetail(BaseModel):
    """A chain with its newest anchors and what was verified last."""

    chain: ChainView
    anchors: list[AnchorView]
    verification: VerificationView | None


@app.route("GET", "/seals", allow=can("log:read"), returns=Chains)
def get_chains(who: Caller) -> Chains:
    """The chains of seals, and how far each came."""
    return Chains(items=[ChainView.of(head) for head in chains_of(who)])


@app.route("GET", "/seals/{chain_id}", allow=can("log:read"), returns=ChainDetail)
def get_chain(who: Caller, chain_id: str) -> ChainDetail:
    """One chain."""
    head, anchors, checked = chain_of(chain_id, who)
    return ChainDetail(
        chain=ChainView.of(head),
        anchors=[AnchorView.of(anchor) for anchor in reversed(anchors)],
        verification=_shown(checked),
    )


@app.route("GET", "/seals/{chain_id}/blocks", allow=can("log:read"), query=BlocksQuery, returns=Blocks)
def get_blocks(who: Caller, chain_id: str, query: BlocksQuery) -> Blocks:
    """The blocks of a chain, newest first."""
    found = blocks_of(chain_id, query.before, query.limit, who)
    more = bool(found) and found[-1].number > 1
    return Blocks(items=[BlockView.of(block) for block in found], before=found[-1].number if more else None)


def _shown(checked: Verification | None) -> VerificationView | None:
    return VerificationView.of(checked) if checked else None
