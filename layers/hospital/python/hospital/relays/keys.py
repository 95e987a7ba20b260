"""Keys of relays, in the table `connections`: technical, gone after a while, nothing of patients.

| who asks | key |
| --- | --- |
| a relay | `RELAYS / NODE#relay-1` |
| which of them are to end | `RELAYS / RETIREMENT#relay-1` |
| all relays | the partition `RELAYS` |
| in which rooms of a relay something changed lately | `RELAY#relay-1 / <at>#call_1` |
"""

from __future__ import annotations

from datetime import datetime

from hospital import clock
from hospital.records import Key

NODES = "RELAYS"
FIRST_NODE, LAST_NODE = "NODE#", "NODE#~"
FIRST_RETIREMENT, LAST_RETIREMENT = "RETIREMENT#", "RETIREMENT#~"


def node_key(node_id: str) -> Key:
    """A relay."""
    return Key(NODES, f"NODE#{node_id}")


def retirement_key(node_id: str) -> Key:
    """That a relay is to end."""
    return Key(NODES, f"RETIREMENT#{node_id}")


def looks_of_key(node_id: str) -> str:
    """The partition of what a relay should look at."""
    return f"RELAY#{node_id}"


def look_key(node_id: str, at: datetime, room: str) -> Key:
    """That it should look at a room."""
    return Key(looks_of_key(node_id), f"{clock.text(at)}#{room}")
