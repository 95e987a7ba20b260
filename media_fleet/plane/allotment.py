"""Which layer of each picture a participant is sent, by what the line carries and what is shown.

The smallest layers of all pictures first, then the pictures grow in turn, never beyond the height that is wanted.
Voice is never taken away: where the line shows that not even the smallest pictures fit, they rest, and are tried again
after eight seconds. Where a picture has one size only, its publisher is asked to send less (REMB).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from media_fleet.plane import feedback

if TYPE_CHECKING:
    from media_fleet.plane.forwarding import Forward
    from media_fleet.plane.legs import Leg
    from media_fleet.plane.publishing import Stream, Track

EVERY = 0.5
VOICE = 50_000.0
"""bit/s kept free for each voice."""
_SPARE = 0.9
_SETTLED = 4.0
_LEAST_PICTURE = 60_000.0
_STARVED, _TRY_AGAIN = 3.0, 8.0
_PROBE, _PROBE_EVERY, _PROBE_MOST = 0.6, 3.0, 3.0
_NO_CEILING = 50_000_000
_REPAIRABLE = ((0.6, 1_500_000), (0.3, 3_000_000))
"""By loss on the way up: bit/s, repairs included. Browsers repeat no more than they are allowed to send in all, so less
would starve the repairs: clients send small pictures instead (`you` of PROTOCOL.md, 2.2)."""


def allot(leg: Leg, at: float) -> None:
    """Chooses anew for one participant."""
    pictures = [hearing for hearing in leg.forwards.values() if _is_shown(hearing)]
    voices = sum(hearing.track.incoming.kind == "audio" for hearing in leg.forwards.values())
    left = _SPARE * leg.estimate(at) / (1 + 2 * leg.own_loss()) - VOICE * voices
    leg.share = left / max(1, len(pictures))
    chosen = {hearing: layers for hearing in pictures if (layers := _fitting(hearing, at))}
    least = sum(layers[0].rate for layers in chosen.values())
    leg.rests = _rests(leg, left, sum(map(_least_of, chosen.values())), at)
    if leg.rests:
        for hearing in pictures:
            hearing.stop()
        return
    missing = 0.0
    for hearing, level, short in _levels(leg, chosen, left - least, at):
        _go_to(leg, hearing, chosen[hearing][level], at)
        missing = missing or short
    _plan_probe(leg, missing, at)


def _rests(leg: Leg, left: float, least: float, at: float) -> bool:
    """Whether pictures are out of the question for now."""
    since = at - leg.estimator.fell_at
    return since < (_TRY_AGAIN if leg.rests else _STARVED) and (leg.rests or left < 0.4 * least)


def _least_of(layers: list[Stream]) -> float:
    """bit/s below which a picture is none: its smallest layer, or what a publisher of one size can be asked for."""
    return layers[0].rate if layers[0].rid else min(layers[0].rate, _LEAST_PICTURE)


def _levels(
    leg: Leg, chosen: dict[Forward, list[Stream]], left: float, at: float
) -> Iterator[tuple[Forward, int, float]]:
    """Each picture's layer, and by how many bit/s the next one was too much."""
    levels = dict.fromkeys(chosen, 0)
    short = dict.fromkeys(chosen, 0.0)
    growing = [hearing for hearing in chosen if len(chosen[hearing]) > 1]
    while growing:
        hearing = min(growing, key=levels.__getitem__)
        layers, level = chosen[hearing], levels[hearing]
        more = layers[level + 1].rate - layers[level].rate
        up = hearing.stream is not None and layers[level + 1].rate > hearing.stream.rate
        if more > left or (up and at - leg.lowered_at < _SETTLED):
            short[hearing] = max(0.0, more - left)
            growing.remove(hearing)
            continue
        left -= more
        levels[hearing] += 1
        if levels[hearing] + 1 == len(layers):
            growing.remove(hearing)
    return ((hearing, levels[hearing], short[hearing]) for hearing in chosen)


def _is_shown(hearing: Forward) -> bool:
    return hearing.track.incoming.kind == "video" and hearing.wanted > 0 and not hearing.track.muted


def _fitting(hearing: Forward, at: float) -> list[Stream]:
    """Layers that flow, up to the first as high as is wanted; all, while nothing flows yet."""
    track = hearing.track
    layers = [layer for layer in track.ordered() if layer.rate and layer.flows(at)] or track.ordered()[:1]
    for place, layer in enumerate(layers):
        if height_of(track, layer) >= hearing.wanted:
            return layers[: place + 1]
    return layers


def height_of(track: Track, layer: Stream) -> int:
    """The picture's height of a layer: as its keyframe said, as the client said, or by its place under 720."""
    if layer.height:
        return layer.height
    if layer.rid in track.incoming.heights:
        return track.incoming.heights[layer.rid]
    rids = track.incoming.rids
    return 720 >> (len(rids) - 1 - rids.index(layer.rid)) if layer.rid in rids else 720


def _go_to(leg: Leg, hearing: Forward, layer: Stream, at: float) -> None:
    now = hearing.waits_for or hearing.stream
    if now is layer:
        return
    if now is not None and layer.rate < now.rate:
        leg.lowered_at = at
    if layer is hearing.stream:
        hearing.wait_no_more()
    else:
        hearing.wait_for(layer)


def _plan_probe(leg: Leg, missing: float, at: float) -> None:
    """Where a larger picture would need more than was ever tried, tries it for a moment with repeated packets."""
    if missing <= 0 or at < leg.probe_after or at - leg.estimator.fell_at < _PROBE_EVERY:
        return
    estimate = leg.estimate(at)
    leg.probe_rate = min(estimate + 1.5 * missing, _PROBE_MOST * estimate)
    leg.probe_until = at + _PROBE
    leg.probe_after = at + _PROBE_EVERY
    leg.estimator.probes_until = leg.probe_until + 2 * leg.round_trip + 0.2


def probe(leg: Leg, at: float, seconds: float) -> None:
    """Sends what a probe adds in so many seconds to what is sent anyway."""
    if at >= leg.probe_until:
        return
    owed = max(0.0, leg.probe_rate - leg.media_rate) * seconds / 8
    filling = next((hearing for hearing in leg.forwards.values() if hearing.stream and hearing.repairs.has_rtx), None)
    while owed > 0 and filling is not None:
        size = filling.repairs.fill(filling, at)
        if not size:
            return
        owed -= size


def ceiling(leg: Leg, at: float) -> int:
    """bit/s that a publisher may send: what loss lets be repaired, and pictures of one size for the slowest to see."""
    most = next((bits for least, bits in _REPAIRABLE if leg.up_loss() > least), _NO_CEILING)
    limit, voices = 0.0, 0.0
    for track in leg.tracks.values():
        if track.incoming.kind == "audio":
            voices += 2 * VOICE
            continue
        shares = [hearing.leg.share for hearing in track.forwards.values() if _is_shown(hearing)]
        if track.incoming.rids or not shares:
            return most
        limit += max(_LEAST_PICTURE, min(shares))
    return min(most, int((limit + voices) / (1 - min(0.8, leg.up_loss())))) if limit else most


def tell_ceiling(leg: Leg, at: float) -> None:
    """Sends REMB where the ceiling moved, or an own estimate did."""
    limit = ceiling(leg, at)
    if leg.upward.used:
        limit = min(limit, int(leg.upward.estimator.rate))
    if not leg.streams or (leg.told_ceiling in (0, _NO_CEILING) and limit == _NO_CEILING):
        return
    leg.told_ceiling = limit
    leg.send_rtcp(feedback.remb(leg.ssrc, limit, list(leg.streams)[: feedback.MOST_BLOCKS]))
