"""The relay's plane: microseconds of a processor per forwarded packet, for 1, 4 and 8 receivers in one run, in turns.

The stream is that of a call: pictures of 1.1 kB and every seventh packet a voice. Sending is a function that does
nothing, so sockets and encryption are not in it. `bare` is what no plane can do without: one header packed and one copy
of the packet per receiver. `ratio`: the plane against it; `lossy`: with 5 % missing upstream, asked for and repaired.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from media_fleet import codecs
from media_fleet.plane.rtp import FORWARDED
from tests.builders.rtp_packets import OPUS, VP8_RTX, Room, packet, vp8_payload

RECEIVERS = (1, 4, 8)
ROUNDS = 9
PACKETS = 2100
VOICE_EACH = 7
LOST_EACH = 20
Sent = list[tuple[bytes, float]]


def main() -> list[dict[str, str | int | float]]:
    """A row per number of receivers."""
    times: dict[tuple[str, int], list[float]] = {}
    for _ in range(ROUNDS):
        for receivers in RECEIVERS:
            for name, act in (("bare", bare), ("plane", forwarding(False)), ("lossy", forwarding(True))):
                times.setdefault((name, receivers), []).append(act(receivers))
    rows: list[dict[str, str | int | float]] = []
    for receivers in RECEIVERS:
        least, plane, lossy = (statistics.median(times[name, receivers]) for name in ("bare", "plane", "lossy"))
        rows.append(
            {
                "receivers": receivers,
                "bare_us": round(least, 2),
                "plane_us": round(plane, 2),
                "lossy_us": round(lossy, 2),
                "ratio": round(plane / least, 2),
                "lossy_ratio": round(lossy / least, 2),
            }
        )
    return rows


def bare(receivers: int) -> float:
    """µs per packet sent."""
    tail = vp8_payload(False) + bytes(1000)
    sink = [len] * receivers
    began = time.process_time()
    for number in range(PACKETS):
        for send in sink:
            send(FORWARDED.pack(0x90, 96, number & 0xFFFF, number * 3000 & 0xFFFFFFFF, 7, 0xBEDE, 1, number) + tail)
    return (time.process_time() - began) * 1e6 / (PACKETS * receivers)


def forwarding(lossy: bool) -> Callable[[int], float]:
    """The plane on a whole or a lossy stream."""
    stream = _stream(lossy)

    def act(receivers: int) -> float:
        room = Room()
        room.join("li")
        camera, voice = room.camera("li", 7, rtx=8), room.microphone("li", 3)
        for number in range(receivers):
            leg = f"receiver-{number}"
            room.exchange.add_leg(leg, _nowhere, _nowhere)
            room.hear(leg, camera, 1000 + 10 * number, rtx_ssrc=1001 + 10 * number)
            room.hear(leg, voice, 1002 + 10 * number)
        exchange = room.exchange
        began = time.process_time()
        tick = 0.0
        for plain, at in stream:
            exchange.received_rtp("li", plain, at)
            if at >= tick:
                exchange.tick(at)
                tick = at + 0.01
        spent = time.process_time() - began
        return spent * 1e6 / exchange.counts()["forwarded"]

    return act


def _nowhere(plain: bytes) -> None:
    """Where packets go."""


def _stream(lossy: bool) -> Sent:
    sent: Sent = []
    for number in range(PACKETS):
        at = 10 + number / 360
        carried = {codecs.TRANSPORT_CC: (number & 0xFFFF).to_bytes(2, "big")}
        if not number % VOICE_EACH:
            sent.append((packet(3, number // VOICE_EACH, number * 137, bytes(80), OPUS, carried=carried), at))
            continue
        picture = vp8_payload(number == 1, number) + bytes(1000)
        sequence = number - number // VOICE_EACH
        if lossy and number % LOST_EACH == 1 and number > 1:
            again = packet(8, number, number * 250, sequence.to_bytes(2, "big") + picture, VP8_RTX, carried=carried)
            sent.append((again, at + 0.06))
        else:
            sent.append((packet(7, sequence, number * 250, picture, carried=carried), at))
    return sorted(sent, key=lambda one: one[1])
