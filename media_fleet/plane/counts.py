"""What the plane counts, for a room's health: numbers only, nothing of people."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Counts:
    """Packets since the room began. What was dropped is counted under why."""

    received: int = 0
    forwarded: int = 0
    malformed: int = 0
    ssrc_unknown: int = 0
    payload_unknown: int = 0
    duplicate: int = 0
    far_off: int = 0
    too_late: int = 0
    leg_unknown: int = 0
    rtcp_received: int = 0
    rtcp_malformed: int = 0
    keyframes_asked: int = 0
    repeated: int = 0
    copied: int = 0
    carried: int = 0
    repaired: int = 0
    given_up: int = 0
    nacks_sent: int = 0
    switched: int = 0

    def as_dict(self) -> dict[str, int]:
        """By name."""
        return asdict(self)
