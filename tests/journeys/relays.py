"""A relay that reports to a running hospital; no media goes through it."""

from __future__ import annotations

import time
from typing import Any

from tests.builders.relay import Relay
from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Device, a_key


def relay_of(hospital: HospitalProcess, name: str = "relay-1", **changes: Any) -> Relay:
    """It has the secret that this hospital wrote into its folder."""
    device = Device(hospital, "relay")

    def post(body: str, headers: dict[str, str]) -> Any:
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        answer = device.ask("POST", "/calling/relay/reports", body.encode(), **named)
        assert answer.status == 200, answer
        return answer.json

    return Relay(name, post, time.time, secret=hospital.media_key, boot=a_key(), **changes)
