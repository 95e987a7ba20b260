"""How good a participant's connection is, in numbers and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from media_fleet.plane.holding import hold

if TYPE_CHECKING:
    from media_fleet.plane.legs import Advice, Leg


class Quality(TypedDict):
    """`level` 0 (nothing comes) to 5; losses 0..1 after repair, `…_line_loss` before it; `advice`: what the line is
    good for at best; `hold_ms`: how long media should be kept back so that repairs come in time; `floor_bps`: see
    floor.py."""

    level: int
    up_loss: float
    down_loss: float
    up_line_loss: float
    down_line_loss: float
    hold_ms: int
    floor_bps: int
    jitter_ms: float
    round_trip_ms: float
    up_bps: int
    down_bps: int
    advice: Advice


_LEVELS = ((0.01, 0.1, 0.2, 5), (0.03, 0.25, 0.35, 4), (0.08, 0.45, 0.6, 3), (0.2, 0.65, 1.2, 2))
"""Loss after repair and before it, and round trip in s, up to which a level is given."""
_WORSE_AFTER, _BETTER_AFTER = 1.0, 5.0
_EVIDENCE = 10.0
_SILENT = 3.0
_ADVICE: tuple[Advice, ...] = ("text", "audio", "low_video", "full")
_PICTURE, _SMALL_PICTURE, _VOICE = 350_000.0, 100_000.0, 24_000.0


def judge(leg: Leg, at: float) -> Quality:
    """As it is now."""
    streams = [stream for stream in leg.streams.values() if stream.reception.received]
    up_loss = max((stream.lost_share for stream in streams), default=0.0)
    down_loss = max((hearing.lost_share for hearing in leg.forwards.values()), default=0.0)
    jitter = max((stream.reception.jitter / stream.reception.clock_rate for stream in streams), default=0.0)
    return Quality(
        level=_level(leg, max(up_loss, down_loss), at),
        up_loss=round(up_loss, 4),
        down_loss=round(down_loss, 4),
        up_line_loss=round(leg.up_loss(), 4),
        down_line_loss=round(leg.own_loss(), 4),
        hold_ms=round(1000 * hold(leg)),
        floor_bps=leg.floor.bits,
        jitter_ms=round(1000 * jitter, 1),
        round_trip_ms=round(1000 * leg.round_trip, 1),
        up_bps=int(sum(stream.rate for stream in streams)),
        down_bps=int(leg.media_rate),
        advice=leg.advice,
    )


def _level(leg: Leg, loss: float, at: float) -> int:
    if at - leg.heard_at > _SILENT:
        return 0
    limits = (
        level for most, raw, trip, level in _LEVELS if loss <= most and _raw(leg) <= raw and leg.round_trip <= trip
    )
    return next(limits, 1)


def _raw(leg: Leg) -> float:
    return max(leg.own_loss(), leg.up_loss())


def advise(leg: Leg, at: float) -> None:
    """Moves the advice: worse after a second, better after five, so that pictures do not come and go."""
    found = _found(leg, at)
    worse = _ADVICE.index(found) < _ADVICE.index(leg.advice)
    if found == leg.advice:
        leg.advised_at = at
    elif at - leg.advised_at >= (_WORSE_AFTER if worse else _BETTER_AFTER):
        step = -1 if worse else 1
        leg.advice = found if worse else _ADVICE[_ADVICE.index(leg.advice) + step]
        leg.advised_at = at


def _found(leg: Leg, at: float) -> Advice:
    lost = max(
        max((stream.lost_share for stream in leg.streams.values()), default=0.0),
        max((hearing.lost_share for hearing in leg.forwards.values()), default=0.0),
    )
    raw = _raw(leg)
    shown = at - leg.estimator.fell_at < _EVIDENCE or leg.estimate(at) > _PICTURE
    rate = leg.estimate(at) if shown else _PICTURE
    if lost > 0.5 or rate < _VOICE:
        return "text"
    if lost > 0.15 or rate < _SMALL_PICTURE:
        return "audio"
    if lost > 0.04 or raw > 0.5 or rate < _PICTURE:
        return "low_video"
    return "full"
