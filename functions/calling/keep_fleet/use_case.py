"""Looks at the relays and the fleet they run in, decides, and has it done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from adapters.fleet import Fleet
from hospital.observability import METRICS, say
from hospital.relays.fleet import Decision, decide
from hospital.relays.model import Node
from hospital.relays.retirements import all_retirements, keep_retirement
from hospital.relays.store import all_nodes, forget_node, rooms_placed_at

LOAD = "relay_load"
"""The metric by which the fleet grows (infra/media_fleet.yaml), in percent."""


def keep_fleet(fleet: Fleet | None, *, least: int, now: datetime) -> dict[str, Any]:
    """`least` relays stay in any case. Raises `Unavailable` when the fleet does not answer; the next minute tries
    again."""
    nodes, retirements = [_with_placed(one, now) for one in all_nodes()], all_retirements()
    seen = fleet.look([one.id for one in nodes]) if fleet is not None else None
    decision = decide(
        nodes,
        retirements,
        wanted=seen.wanted if seen is not None else len(nodes),
        running=seen.running if seen is not None else None,
        least=least,
        now=now,
    )
    METRICS.get()(LOAD, decision.load, {})
    for node_id in decision.forget:
        forget_node(node_id)
    for retirement in decision.retire:
        keep_retirement(retirement)
    # Written first: asked for one less twice would be one too few, never asked is one too many until the next look.
    for retirement in retirements:
        if retirement.id in decision.counted:
            keep_retirement(retirement.model_copy(update={"counted": True}))
    if fleet is not None and decision.count is not None:
        fleet.ask_for(decision.count)
    return _said(decision)


def _with_placed(node: Node, now: datetime) -> Node:
    """Rooms that were placed there since it reported count, though nobody has come yet."""
    return node.having(rooms=max(node.rooms, rooms_placed_at(node.id, now)))


def _said(decision: Decision) -> dict[str, Any]:
    for node_id in decision.silent:
        say("a relay is not heard, but its process runs", level="warning", where=node_id)
    for node_id in decision.forget:
        say("a relay is gone", level="warning", where=node_id)
    return {
        "load": decision.load,
        "retired": {one.id: one.why for one in decision.retire},
        "count": decision.count,
        "forgotten": list(decision.forget),
    }
