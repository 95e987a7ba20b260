"""Where it is kept which relays are to end. As little as relays themselves: no audit line, no event."""

from __future__ import annotations

from datetime import timedelta

from hospital.relays import keys
from hospital.relays.fleet import Retirement
from hospital.relays.model import Node
from hospital.relays.store import MOST_NODES, all_nodes
from hospital.table import Collection

_KEPT = timedelta(days=1)
"""Longer than any call."""

retirements = Collection(
    Retirement,
    "connections",
    key=lambda one: keys.retirement_key(one.id),
    expires=lambda one: one.at + _KEPT,
    audited=False,
)


def all_retirements() -> list[Retirement]:
    """Those of the last day."""
    found, _ = retirements.between(keys.NODES, keys.FIRST_RETIREMENT, keys.LAST_RETIREMENT, limit=MOST_NODES)
    return found


def nodes_for_rooms() -> list[Node]:
    """Those that reported within the hour; who is to end drains, whether or not it has heard so."""
    ending = {(one.id, one.boot) for one in all_retirements()}
    return [one.having(draining=True) if (one.id, one.boot) in ending else one for one in all_nodes()]


def keep_retirement(retirement: Retirement) -> None:
    """It takes the place of what was decided on that relay before."""
    retirements.table.put(retirements.key(retirement), retirements.to_item(retirement))


def is_to_drain(node_id: str, boot: str) -> bool:
    """Whether that process is to take no more rooms."""
    found = retirements.get(keys.retirement_key(node_id))
    return found is not None and found.boot == boot
