"""What is measured: networks, and what is aimed at on each.

Loss, delay and jitter hold for both legs, up and down: a packet from one browser to the other passes two lines. `delay`
of a line is half of a leg's round trip.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.builders.line import CLEAN, LineShape

MS = 0.001


@dataclass(frozen=True)
class Aim:
    """What is hoped for: latencies in ms, pictures a second, a share of concealed sound. None: nothing is said."""

    p50: float | None = None
    pictures: float | None = None
    concealed: float | None = None
    connect_ms: float | None = None


@dataclass(frozen=True)
class Point:
    """A network. `most_held_ms`: how long receivers may keep media back at most, in ms; `late`: the line turns bad when
    the call stands already."""

    name: str
    shape: LineShape
    most_held_ms: int | None = None
    late: bool = False
    height: int = 720
    picture_rate: int = 30
    aim: Aim = field(default_factory=Aim)

    @property
    def own_delay_ms(self) -> float:
        """What the lines themselves take from sender to receiver, on the average, ms."""
        return 2 * (self.shape.delay + self.shape.jitter / 2) / MS


def _line(loss: float = 0, round_trip: int = 40, **other: float | bool) -> LineShape:
    return LineShape(loss=loss, delay=round_trip / 2 * MS, **other)  # type: ignore[arg-type]


POINTS = (
    Point("clean", CLEAN, aim=Aim(p50=80)),
    Point("clean, 1080p", CLEAN, height=1080, aim=Aim(pictures=10)),
    Point("20 %, 40 ms", _line(0.2), aim=Aim(p50=200, pictures=20, concealed=0.005)),
    Point("20 % in bursts, 40 ms", _line(0.2, burst=4)),
    Point("40 %, 40 ms", _line(0.4), aim=Aim(p50=600, pictures=24, concealed=0.005, connect_ms=5000)),
    Point("40 %, 20 ms, low delay", _line(0.4, 20), most_held_ms=100, aim=Aim(p50=200, pictures=10)),
    Point("60 %, 40 ms", _line(0.6), late=True, aim=Aim(pictures=12, concealed=0.01)),
    Point("80 % in mid-call, 40 ms", _line(0.8), late=True, aim=Aim(pictures=1, concealed=0.02)),
    Point("0 %, 300 ms", _line(0, 300)),
    Point("20 %, 300 ms", _line(0.2, 300)),
    Point("jitter to 1000 ms", LineShape(jitter=1.0), late=True, aim=Aim(concealed=0.01)),
    Point("500 kbit/s", LineShape(delay=20 * MS, rate=500_000)),
)
SHORT = ("clean", "20 %, 40 ms", "40 %, 40 ms")
"""What a run of a few minutes measures."""
