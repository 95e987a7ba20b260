"""What callbacks of all channels have in common."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.payment.port import STALE_AFTER, Forged
from hospital import clock


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Names of headers come in any case."""
    return {name.lower(): value for name, value in headers.items()}


def refuse_stale(timestamp: str) -> None:
    """`Forged` for a signature of another time than now; `timestamp` is in seconds since 1970. Now is the machine's:
    the channel does not know of a clock that was moved."""
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        raise Forged(reason="headers")
    if abs(clock.machine().timestamp() - int(timestamp)) > STALE_AFTER.total_seconds():
        raise Forged(reason="stale")
