"""Where relays are kept. They come and go with their processes: no audit line, no event."""

from __future__ import annotations

from datetime import datetime, timedelta

from hospital import clock
from hospital.relays import keys
from hospital.relays.model import Look, Node
from hospital.table import Collection

MOST_NODES = 200
LOOKED_FOR = timedelta(seconds=60)
"""So long each report of a relay is answered with a change: longer than a relay can be silent and still live, and as
long as a grant gives time to come."""
_KEPT = timedelta(hours=1)
_MOST_LOOKS = 200

nodes = Collection(
    Node,
    "connections",
    key=lambda one: keys.node_key(one.id),
    expires=lambda one: one.heard_at + _KEPT,
    audited=False,
)
looks = Collection(
    Look,
    "connections",
    key=lambda one: keys.look_key(one.node, one.at, one.room),
    expires=lambda one: one.at + _KEPT,
    audited=False,
)


def get_node(node_id: str) -> Node | None:
    """A relay that reported once."""
    return nodes.get(keys.node_key(node_id))


def all_nodes() -> list[Node]:
    """Those that reported within the hour."""
    found, _ = nodes.between(keys.NODES, keys.FIRST_NODE, keys.LAST_NODE, limit=MOST_NODES)
    return found


def keep_node(node: Node) -> None:
    """What it reported last takes the place of what it reported before."""
    nodes.table.put(nodes.key(node), nodes.to_item(node))


def forget_node(node_id: str) -> None:
    """It is dead: no room goes there, and those that were go elsewhere."""
    nodes.table.remove(keys.node_key(node_id))


def have_it_look(node_id: str, room: str, now: datetime, *, placed: bool = False) -> None:
    """That relay is told how the call of the room stands, with its next reports. `placed`: the room is there now."""
    look = Look(id=f"{node_id}#{room}", node=node_id, room=room, at=now, placed=placed)
    looks.table.put(looks.key(look), looks.to_item(look))


def rooms_to_look_at(node_id: str, now: datetime) -> list[str]:
    """In which rooms something changed lately."""
    return list(dict.fromkeys(one.room for one in _looks_at(node_id, now)))


def rooms_placed_at(node_id: str, now: datetime) -> int:
    """How many rooms were placed there lately: its last report need not count them."""
    return len({one.room for one in _looks_at(node_id, now) if one.placed})


def _looks_at(node_id: str, now: datetime) -> list[Look]:
    since = clock.text(now - LOOKED_FOR)
    found, _ = looks.between(keys.looks_of_key(node_id), since, "~", limit=_MOST_LOOKS, newest_first=True)
    return found
