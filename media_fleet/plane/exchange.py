"""The face of the plane: one `Exchange` per room takes packets of legs and sends them on through the legs' functions.

Nothing here opens sockets, waits or reads a clock: whoever calls brings the time, in seconds of one monotonic clock.
Packets are plain RTP and RTCP; nothing in them can make a call raise: what is bad is dropped and counted.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from media_fleet.codecs import MID, REPAIRED_RID, RID
from media_fleet.plane import extensions, rtp
from media_fleet.plane.allotment import EVERY, allot, probe, tell_ceiling
from media_fleet.plane.counts import Counts
from media_fleet.plane.forwarding import Forward
from media_fleet.plane.legs import Leg, Send
from media_fleet.plane.publishing import MEDIA, REDUNDANT, REPAIR, Stream, Track
from media_fleet.plane.quality import Quality, advise, judge
from media_fleet.plane.redundancy import adapt
from media_fleet.plane.reports import receive, send_reports
from media_fleet.plane.tracks import Incoming, Outgoing

MOST_STREAMS = 32
"""SSRCs of one leg: what comes beyond is unknown."""


class Exchange:
    """The tracks, publishers and receivers of a room. `chance` gives SSRCs and first numbers."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.SystemRandom()
        self._legs: dict[str, Leg] = {}
        self._tracks: dict[str, Track] = {}
        self._counts = Counts()
        self._ticked_at = self._allot_at = 0.0

    def add_leg(self, leg: str, send_rtp: Send, send_rtcp: Send) -> None:
        """Takes a participant in; one of the same name leaves first."""
        self.remove_leg(leg)
        self._legs[leg] = Leg(leg, send_rtp, send_rtcp, self._chance)

    def remove_leg(self, leg: str) -> None:
        """Ends all that a participant publishes and hears; an unknown one is none."""
        gone = self._legs.pop(leg, None)
        if gone is None:
            return
        for track in list(gone.tracks):
            self.unpublish(track)
        for hearing in list(gone.forwards.values()):
            hearing.stop()
            hearing.track.forwards.pop(leg, None)

    def publish(self, leg: str, incoming: Incoming) -> None:
        """Expects a track from a leg; one of the same name ends first. `KeyError`: there is no such leg."""
        publisher = self._legs[leg]
        self.unpublish(incoming.track)
        track = self._tracks[incoming.track] = publisher.tracks[incoming.track] = Track(publisher, incoming)
        for number, (ssrc, repair) in enumerate(incoming.ssrcs):
            rid = incoming.rids[number] if number < len(incoming.rids) else ""
            stream = self._begin(track, ssrc, rid)
            if repair is not None:
                publisher.repairs[repair] = stream

    def unpublish(self, track: str) -> None:
        """Ends a track and all that hear it; an unknown one is none."""
        gone = self._tracks.pop(track, None)
        if gone is None:
            return
        leg = gone.leg
        leg.tracks.pop(track, None)
        for hearing in list(gone.forwards.values()):
            self.unsubscribe(hearing.leg.name, track, hearing)
        leg.streams = {ssrc: stream for ssrc, stream in leg.streams.items() if stream.track is not gone}
        leg.repairs = {ssrc: stream for ssrc, stream in leg.repairs.items() if stream.track is not gone}

    def subscribe(self, leg: str, track: str, outgoing: Outgoing) -> None:
        """Sends a track to a leg, in place of an earlier subscription. `KeyError`: there is no such leg or track."""
        receiver, heard = self._legs[leg], self._tracks[track]
        self.unsubscribe(leg, track)
        hearing = Forward(receiver, heard, outgoing, self._chance)
        receiver.forwards[outgoing.ssrc] = heard.forwards[leg] = hearing
        heard.attach(hearing)

    def unsubscribe(self, leg: str, track: str, hearing: Forward | None = None) -> None:
        """Sends a track no more to a leg; what is not subscribed is none."""
        if hearing is None:
            heard = self._tracks.get(track)
            hearing = heard.forwards.get(leg) if heard else None
        if hearing is None:
            return
        hearing.stop()
        hearing.track.forwards.pop(leg, None)
        hearing.leg.forwards.pop(hearing.ssrc, None)

    def want(self, leg: str, track: str, height: int) -> None:
        """Says how high a picture a leg shows of a track; 0: none for now. What is not subscribed is passed over."""
        heard = self._tracks.get(track)
        hearing = heard.forwards.get(leg) if heard else None
        if heard is None or hearing is None:
            return
        hearing.wanted = max(0, height)
        if not hearing.wanted:
            hearing.stop()
        elif hearing.stream is None and hearing.waits_for is None:
            heard.attach(hearing)
        self._allot_at = 0.0

    def mute(self, track: str, muted: bool) -> None:
        """Stops sending a track on, or begins again at its next keyframe; an unknown one is none."""
        heard = self._tracks.get(track)
        if heard is None or heard.muted == muted:
            return
        heard.muted = muted
        for hearing in heard.forwards.values():
            hearing.stop()
            heard.attach(hearing)

    def received_rtp(self, leg: str, plain: bytes, at: float) -> None:
        """Takes a packet of RTP from a leg, decrypted."""
        publisher = self._legs.get(leg)
        counts = self._counts
        if publisher is None:
            counts.leg_unknown += 1
            return
        counts.received += 1
        publisher.heard_at = at
        parts = rtp.parse(plain)
        if parts is None:
            counts.malformed += 1
            return
        kind, sequence, timestamp, ssrc, profile, begin, end, payload, size = parts
        stream = publisher.streams.get(ssrc) or publisher.repairs.get(ssrc) or self._learn(publisher, plain, parts)
        if stream is None:
            counts.ssrc_unknown += 1
            return
        if profile == extensions.ONE_BYTE:
            wide, kept = extensions.sift(plain, begin, end, stream.track.roles)
        elif profile:
            wide, kept = extensions.sift_two_byte(plain, begin, end, stream.track.roles)
        else:
            wide, kept = extensions.NEITHER, b""
        if wide >= 0:
            publisher.arrivals.came.append((wide, at))
            publisher.arrivals.media = stream.ssrc
        elif wide != extensions.NEITHER:
            publisher.upward.times.append((-2 - wide, at, size))
        role = stream.track.payload_roles[kind]
        if role == MEDIA and ssrc == stream.ssrc:
            stream.take(kind, sequence, timestamp, kept, plain[payload:size], at)
        elif role == REPAIR and ssrc != stream.ssrc:
            stream.restore(kind, timestamp, kept, plain[payload:size], at)
        elif role == REDUNDANT and ssrc == stream.ssrc:
            stream.take_red(kind, sequence, timestamp, kept, plain[payload:size], at)
        else:
            counts.payload_unknown += 1

    def received_rtcp(self, leg: str, plain: bytes, at: float) -> None:
        """Takes a compound packet of RTCP from a leg, decrypted."""
        sender = self._legs.get(leg)
        if sender is None:
            self._counts.leg_unknown += 1
            return
        sender.heard_at = at
        receive(sender, plain, at, self._counts)

    def tick(self, at: float) -> None:
        """Does what is due: called every 10 ms."""
        seconds = min(0.1, at - self._ticked_at)
        self._ticked_at = at
        for leg in self._legs.values():
            missing: dict[int, list[int]] = {}
            for stream in leg.streams.values():
                if stream.wish.wanted and stream.wish.due(at, leg.round_trip):
                    leg.ask_for_keyframe(stream.ssrc)
                    self._counts.keyframes_asked += 1
                if (stream.missing.numbers or stream.missing.loss) and (again := stream.ask_again(at)):
                    missing[stream.ssrc] = again
            if missing:
                leg.ask_again(missing)
                self._counts.nacks_sent += 1
            leg.tell_arrivals(at)
            leg.copies.send(leg, at, self._counts)
            probe(leg, at, seconds)
            if at >= leg.reports_due:
                send_reports(leg, at)
                tell_ceiling(leg, at)
        if at >= self._allot_at:
            self._allot_at = at + EVERY
            self._allot(at)

    def _allot(self, at: float) -> None:
        for leg in self._legs.values():
            for stream in leg.streams.values():
                stream.measure(at)
            # Where repairs look like the packet itself (Opus) jitter cannot be told from loss: others tell.
            turned = max((stream.missing.turned for stream in leg.streams.values()), default=0.0)
            for stream in leg.streams.values():
                stream.missing.turns(turned)
        for leg in self._legs.values():
            octets = sum(hearing.measure() for hearing in leg.forwards.values())
            leg.media_rate += (8 * octets / EVERY - leg.media_rate) / 2
            allot(leg, at)
            adapt(leg, at)
            advise(leg, at)
            leg.floor.judge(leg.up_loss(), leg.up_may_stand(at), at)

    def quality(self, leg: str, at: float) -> Quality:
        """How good a participant's connection is. `KeyError`: there is no such leg."""
        return judge(self._legs[leg], at)

    def counts(self) -> dict[str, int]:
        """What was counted since the room began."""
        return self._counts.as_dict()

    def _begin(self, track: Track, ssrc: int, rid: str) -> Stream:
        stream = track.leg.streams[ssrc] = Stream(track, ssrc, rid, self._counts)
        track.seen(stream)
        return stream

    def _learn(self, leg: Leg, packet: bytes, parts: rtp.Parts) -> Stream | None:
        """An SSRC that is new, by the mid and rid of its packet; a newer one of the same layer replaces the older."""
        found = extensions.elements(packet, parts[5], parts[6], parts[4])
        for track in leg.tracks.values() if found else ():
            numbers = track.incoming.extensions
            if _named(found, numbers, MID) != track.incoming.mid:
                continue
            role = track.payload_roles[parts[0]]
            rid = _named(found, numbers, REPAIRED_RID if role == REPAIR else RID)
            if rid and rid not in track.incoming.rids:
                return None
            return (
                self._repair_of(track, parts[3], rid) if role == REPAIR else self._layer_of(track, parts[3], rid, role)
            )
        return None

    def _repair_of(self, track: Track, ssrc: int, rid: str) -> Stream | None:
        stream = track.layers.get(rid)
        if stream is not None:
            repairs = track.leg.repairs
            for older in [known for known, repaired in repairs.items() if repaired is stream]:
                del repairs[older]
            repairs[ssrc] = stream
        return stream

    def _layer_of(self, track: Track, ssrc: int, rid: str, role: int) -> Stream | None:
        streams = track.leg.streams
        if role == REPAIR or (rid not in track.layers and len(streams) >= MOST_STREAMS):
            return None
        old = track.layers.get(rid)
        if old is not None:
            streams.pop(old.ssrc, None)
        return self._begin(track, ssrc, rid)


def _named(found: Mapping[int, bytes], numbers: Mapping[int, str], uri: str) -> str:
    return found.get(extensions.number_of(numbers, uri), b"").decode("ascii", "replace")
