"""What a fleet shows of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    """`wanted` relays were asked for. `running` holds the ids of those whose process runs, and whether one that was
    started now would be of the same version."""

    wanted: int
    running: Mapping[str, bool]
