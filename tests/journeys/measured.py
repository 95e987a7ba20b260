"""Calls of which the devices told how their lines were; no media flowed."""

from __future__ import annotations

import time
from typing import Any

from tests.journeys.people import Device, a_key

BUCKETS = 24


def measured_call(caller: Device, callee: Device, conversation_id: str) -> str:
    """A call that was answered and given up four minutes of samples later: the callee's line grew narrow in its second
    third, and came back. Samples of moments to come count as those of the call, as far as they can be true."""
    begun = caller.ok("POST", "/calling/calls", {"conversation_id": conversation_id, "media": "video"}, key=a_key())
    path = f"/calling/calls/{begun['id']}"
    callee.ok("POST", f"{path}/answer", {"device": "device-measured", "media": "video"}, key=a_key())
    for who, narrow in ((caller, False), (callee, True)):
        samples = [_sample(number, narrow) for number in range(BUCKETS)]
        samples[0]["set_up_ms"] = 640
        who.ok("POST", f"{path}/samples", {"items": samples}, key=a_key())
    caller.ok("POST", f"{path}/end", {}, key=a_key())
    return str(begun["id"])


def _sample(number: int, narrow: bool) -> dict[str, Any]:
    bad = narrow and BUCKETS // 3 <= number < 2 * BUCKETS // 3
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2 + 10 * number)),
        "up_loss": 0.18 if bad else 0.005 * (number % 3),
        "down_loss": 0.32 if bad else 0.002 * (number % 4),
        "jitter_ms": 95 if bad else 8 + number % 5,
        "round_trip_ms": 310 if bad else 38 + number % 7,
        "concealed": 0.06 if bad else 0.001,
        "up_bps": 210_000 if bad else 1_850_000 - 20_000 * (number % 4),
        "down_bps": 260_000 if bad else 2_100_000 - 30_000 * (number % 3),
        "height": 180 if bad else 720,
        "pictures_per_second": 11 if bad else 30,
        "freezes": 3 if bad and number % 2 else 0,
        "limited_by": "bandwidth" if bad else "none",
    }
