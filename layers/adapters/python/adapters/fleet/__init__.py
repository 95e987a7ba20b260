"""The fleet port: the processes that relays of calls run in.

`FLEET_ADAPTER` names the adapter. `ecs` is a service of Amazon ECS (infra/media_fleet.yaml). `embedded` is the local
hospital's, at `FLEET_URL`, which truly starts and ends relays. `none`: relays are run by somebody else, or there are
none.
"""

from __future__ import annotations

from typing import Protocol

from adapters.fleet.ecs import EcsFleet
from adapters.fleet.embedded import EmbeddedFleet
from adapters.fleet.seen import Seen
from hospital import settings

settings.refuse_embedded("FLEET_ADAPTER", {"ecs", "none"}, because="starts relays on a developer's machine")


class Fleet(Protocol):
    """Keeps as many relays running as it was asked for. It never ends one that holds rooms: asked for fewer, it waits
    until one ends, and does not start another in its place."""

    def look(self, ids: list[str]) -> Seen:
        """How many were asked for, and which of these relays run. `Unavailable` when it does not answer."""

    def ask_for(self, count: int) -> None:
        """From now on so many. `Unavailable` when it does not answer."""


class AdapterUnknown(RuntimeError):
    """`FLEET_ADAPTER` names no adapter."""


def fleet() -> Fleet | None:
    """The adapter that the settings name; None for none."""
    current = settings.current()
    if current.fleet_adapter == "none":
        return None
    if current.fleet_adapter == "ecs":
        return EcsFleet(current.fleet_cluster, current.fleet_service)
    if current.fleet_adapter == "embedded":
        return EmbeddedFleet(current.fleet_url)
    raise AdapterUnknown(f"FLEET_ADAPTER={current.fleet_adapter} is no known adapter; known: ecs, embedded, none")
