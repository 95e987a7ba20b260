"""What became of datagrams, in numbers that only rise."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class WireCounts:
    """Datagrams by fate; `received` and `sent` are all, the others tell why one went no further."""

    received: int = 0
    received_bytes: int = 0
    sent: int = 0
    sent_bytes: int = 0
    not_sent: int = 0
    foreign: int = 0
    """First byte of no protocol spoken here (RFC 7983), or empty, or too long."""
    stun_malformed: int = 0
    stun_unknown_user: int = 0
    stun_wrong_password: int = 0
    stun_held_back: int = 0
    stun_answered: int = 0
    dtls_dropped: int = 0
    dtls_failed: int = 0
    unknown_address: int = 0
    not_ready: int = 0
    unauthentic: int = 0
    """SRTP that was forged, malformed or seen before."""
    too_many_streams: int = 0
    too_fast: int = 0
    handler_failed: int = 0
    """Packets at which the plane raised: a defect, logged with its trace, and the call goes on."""

    def as_numbers(self) -> dict[str, int]:
        """By name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
