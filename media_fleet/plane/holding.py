"""How long a participant should keep media back so that what is repaired comes in time.

Repair goes in rounds: a request and its answer must both come through, and are tried again after a round trip. With
loss p of the line, r requests within a round trip and c copies of an answer one round succeeds with
s = (1 - p^r)(1 - p^c), so that n rounds leave p^(1 + copies sent unasked) * (1 - s)^n.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from media_fleet.plane.legs import Leg

MOST = 2.5
"""Seconds; browsers take four at most."""
_LITTLE, _LITTLE_IN_JITTER = 0.02, 0.15
_LEFT = ((0.5, 0.002), (0.3, 0.004), (0.0, 0.015))
"""By loss: the share of packets that may still come too late. Little loss is no reason to wait long, unless the line is
long itself."""
_LONG, _LEFT_IF_LONG = 0.1, 0.01
_BOTH = 0.4
"""Of the shorter wait: a packet is seldom late on both legs."""
_LEAST_ROUND = 0.02
_NOTICED = 0.02
_TURNS = 0.2
_MOST_OF = 0.8
_ROUND_TRIP_UNKNOWN = 0.1


def seconds_to_repair(loss: float, round_trip: float, asks: int, copies: int, unasked: int) -> float:
    """Until all but few of the packets are there, beyond the line's own delay; 0 where nothing is to be waited for."""
    left = loss ** (1 + unasked)
    most = next(most for least, most in _LEFT if loss >= least)
    most = min(most, _LEFT_IF_LONG) if round_trip > _LONG else most
    if left <= most:
        return 0.0
    loss = min(loss, 0.95)
    succeeds = (1 - loss**asks) * (1 - loss**copies)
    rounds = math.log(most / left) / math.log(1 - succeeds)
    return _NOTICED + rounds * max(_LEAST_ROUND, round_trip)


def hold(leg: Leg) -> float:
    """Seconds for all that a leg hears; 0: nothing beyond what a browser does by itself."""
    own, round_trip = leg.own_loss(), leg.round_trip or _ROUND_TRIP_UNKNOWN
    # What is sent again takes long, too: where much is lost, times under way tell nothing of jitter.
    spread = leg.wide_sent.spread if own < _LITTLE_IN_JITTER else 0.0
    up = down = turned = 0.0
    for hearing in leg.forwards.values():
        turned = max(turned, max((layer.missing.turned for layer in hearing.track.layers.values()), default=0.0))
    # Packets that overtake each other look lost for a while.
    little = _LITTLE_IN_JITTER if turned + spread > _TURNS else _LITTLE
    for hearing in leg.forwards.values():
        publisher = hearing.track.leg
        lost, trip = publisher.up_loss(), publisher.round_trip or _ROUND_TRIP_UNKNOWN
        asks = max((layer.missing.asks for layer in hearing.track.layers.values()), default=1)
        if lost > little:
            up = max(up, seconds_to_repair(lost, trip, asks, 1, 0))
        if own > little and hearing.track.incoming.kind == "video":
            down = max(down, seconds_to_repair(own, round_trip, 1, leg.copies_of_repairs(), hearing.copies))
    jitter = turned + spread
    return min(MOST, max(up, down) + _BOTH * min(up, down) + (_MOST_OF * jitter if jitter > _TURNS else 0.0))
