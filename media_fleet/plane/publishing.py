"""Tracks as they are published: a stream per SSRC, so one per simulcast layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from media_fleet.codecs import Codec
from media_fleet.plane import extensions, keyframes, red, vp8
from media_fleet.plane.counts import Counts
from media_fleet.plane.forwarding import forward
from media_fleet.plane.keyframes import Wish
from media_fleet.plane.missing import Missing
from media_fleet.plane.reception import FAR, Reception
from media_fleet.plane.ring import Kept, Ring
from media_fleet.plane.rtp import ahead
from media_fleet.plane.tracks import Incoming, is_media

if TYPE_CHECKING:
    from media_fleet.plane.forwarding import Forward
    from media_fleet.plane.legs import Leg

MEDIA, REPAIR, REDUNDANT = 1, 2, 3
_BEGUN_ANEW = 1 << 16
_FLOWS = 1.5


class Track:
    """What `publish` told, and the streams that have been seen of it, by rid."""

    __slots__ = ("codecs", "forwards", "incoming", "layers", "leg", "muted", "nack", "payload_roles", "roles")

    def __init__(self, leg: Leg, incoming: Incoming) -> None:
        self.leg = leg
        self.incoming = incoming
        self.muted = False
        self.nack = any(codec.nack for codec in incoming.payloads.values())
        self.layers: dict[str, Stream] = {}
        self.forwards: dict[str, Forward] = {}
        self.codecs: dict[int, Codec] = {pt: codec for pt, codec in incoming.payloads.items() if 0 <= pt < 128}
        self.roles = extensions.roles_of(incoming.extensions)
        roles = bytearray(256)
        for number, codec in self.codecs.items():
            role = REPAIR if codec.rtx_of is not None else REDUNDANT if codec.red_of is not None else MEDIA
            roles[number] = roles[number | 0x80] = role
        self.payload_roles = bytes(roles)

    def ordered(self) -> list[Stream]:
        """The streams, the smallest picture first."""
        rids = self.incoming.rids
        return sorted(self.layers.values(), key=lambda it: rids.index(it.rid) if it.rid in rids else len(rids))

    def attach(self, hearing: Forward) -> None:
        """Has a receiver wait for what suits it; nothing, while nothing was seen of the track or nobody may hear it.

        The smallest layer comes first: what the line carries is not known yet, and a small keyframe is there at once.
        """
        streams = self.ordered()
        if streams and hearing.wanted and not self.muted:
            hearing.wait_for(streams[0])

    def seen(self, stream: Stream) -> None:
        """Takes a stream that is new; it replaces the one of the same layer, and its receivers go over to it."""
        replaced = self.layers.get(stream.rid)
        self.layers[stream.rid] = stream
        for hearing in self.forwards.values():
            if replaced is not None and replaced in (hearing.stream, hearing.waits_for):
                hearing.wait_for(stream)
            elif hearing.stream is None and hearing.waits_for is None:
                self.attach(hearing)


class Stream:
    """One SSRC of a track: what came of it, and who hears it.

    `forwards` hear it now; `waiting` begin at its next keyframe. `newest`: the highest number, and its packet.
    """

    __slots__ = (
        "_carried",
        "_measured",
        "begins",
        "counts",
        "forwards",
        "height",
        "lost_share",
        "missing",
        "newest",
        "octets",
        "rate",
        "reception",
        "rid",
        "ring",
        "ssrc",
        "track",
        "waiting",
        "wish",
    )

    def __init__(self, track: Track, ssrc: int, rid: str, counts: Counts) -> None:
        self.track = track
        self.ssrc = ssrc
        self.rid = rid
        self.counts = counts
        self.forwards: list[Forward] = []
        self.waiting: list[Forward] = []
        media = [codec for codec in track.codecs.values() if is_media(codec)]
        self.reception = Reception(media[0].clock_rate if media else 90000)
        self.ring = Ring()
        self.newest: tuple[int, Kept] = (0, (0.0, 0, 0, 1, b""))
        self.height = 0
        self.octets = 0
        self.rate = 0.0
        self.lost_share = 0.0
        self._measured = (0.0, 0, 0, 0)
        self._carried: tuple[tuple[int, tuple[int, ...], int], bytes] = ((-1, (), 0), b"")
        self.wish = Wish()
        self.missing = Missing()
        self.begins: dict[int, Callable[[bytes], bool] | None] = {
            pt: keyframes.detector(codec.name.lower()) for pt, codec in track.codecs.items()
        }

    def take(self, kind: int, sequence: int, timestamp: int, kept: bytes, payload: bytes, at: float) -> None:
        """Takes a packet of media: places it, keeps it, sends it on."""
        before = self.reception.highest
        number = self.reception.place(sequence)
        if number == before + 1:
            self.reception.timed(timestamp, at)
        elif not self._is_new(number, before, at, False):
            return
        self._pass_on(number, (at, kind, timestamp, 1 + len(kept) // 4, kept + payload), payload)

    def take_red(self, kind: int, sequence: int, timestamp: int, kept: bytes, payload: bytes, at: float) -> None:
        """Takes a packet of RED: its newest frame, then of the earlier ones those that are missing.

        Browsers carry the frames of the packets right before, each in its place.
        """
        blocks = red.unpack(payload)
        roles = self.track.payload_roles
        if blocks is None or any(roles[block.kind] != MEDIA for block in blocks):
            self.counts.malformed += 1
            return
        newest = blocks.pop()
        self.take(newest.kind | kind & 0x80, sequence, timestamp, kept, newest.payload, at)
        around = self.reception.highest
        for distance, block in enumerate(reversed(blocks), 1):
            number = around + ahead((sequence - distance) & 0xFFFF, around & 0xFFFF)
            if block.payload and number in self.missing.numbers:
                self.missing.carried(number)
                self.counts.carried += 1
                earlier = (timestamp - block.earlier) & 0xFFFFFFFF
                self._pass_on(number, (at, block.kind, earlier, 1, block.payload), block.payload)

    def carrying(self, number: int, distances: tuple[int, ...], kind: int) -> bytes:
        """A packet's payload as RED; the same for all receivers who want the same."""
        if self._carried[0] != (number, distances, kind):
            self._carried = ((number, distances, kind), red.packed(self.ring.packets, number, distances, kind))
        return self._carried[1]

    def restore(self, kind: int, timestamp: int, kept: bytes, payload: bytes, at: float) -> None:
        """Takes a packet of RTX (RFC 4588 section 4): the number it had, then what it carried. Less is padding."""
        if len(payload) < 2:
            return
        before = self.reception.highest
        number = self.reception.place_repaired(payload[0] << 8 | payload[1])
        codec = self.track.codecs[kind & 0x7F]
        if not self._is_new(number, before, at, True):
            return
        self.counts.repaired += 1
        payload = payload[2:]
        repaired = (codec.rtx_of or 0) | kind & 0x80
        self._pass_on(number, (at, repaired, timestamp, 1 + len(kept) // 4, kept + payload), payload)

    def _is_new(self, number: int, before: int, at: float, repaired: bool) -> bool:
        """Judges a number that is not the next: a gap is noted, what was missing is found, what is known is dropped."""
        if number == FAR:
            self.counts.far_off += 1
            return False
        if not before:
            return True
        if number > before:
            if number - before > _BEGUN_ANEW:
                self._begun_anew()
            elif given_up := self.missing.gap(before + 1, number, at):
                self._gave_up(given_up)
            return True
        if number in self.ring.packets:
            self.counts.duplicate += 1
            self.missing.again(number, at)
            return False
        if not self.ring.reaches(number):
            self.counts.too_late += 1
            return False
        leg = self.track.leg
        known = None if not repaired and self not in leg.repairs.values() else repaired
        leg.measured_round_trip(self.missing.found(number, at, known, leg.round_trip))
        return True

    def _pass_on(self, number: int, packet: Kept, payload: bytes) -> None:
        self.ring.put(number, packet)
        self.reception.received += 1
        self.octets += len(payload)
        if number > self.newest[0]:
            self.newest = (number, packet)
        if self.waiting or self.wish.wanted:
            self._admit(number, packet, payload)
        self.counts.forwarded += forward(self, number, packet, packet[0])

    def ask_again(self, at: float) -> list[int]:
        """Sequence numbers to ask for now; what was waited for long enough is given up.

        Of a layer that nobody sees nothing is asked for: who comes to see it begins at a keyframe.
        """
        if not self.forwards and not self.waiting:
            self.missing.forget()
            return []
        round_trip = self.track.leg.round_trip
        wanted, given_up = self.missing.due(at, round_trip, self.track.nack)
        if given_up:
            self._gave_up(given_up)
        highest = self.reception.highest
        if self.track.nack and (ahead := self.missing.ahead(highest, at - self.newest[1][0], at, round_trip)):
            wanted += range(highest + 1, highest + 1 + ahead)
        return [number & 0xFFFF for number in wanted]

    def flows(self, at: float) -> bool:
        """Whether packets came of late; a browser stops the layers that it cannot afford."""
        return at - self.newest[1][0] < _FLOWS

    def measure(self, at: float) -> None:
        """Takes rate and loss after repair since the last time."""
        before, octets, received, given_up = self._measured
        line = self.missing.judge(self.reception.highest, at - before if before else 0.0)
        if self.forwards:
            self.track.leg.up_line.add(*line)
        came, lost = self.reception.received - received, self.reception.given_up - given_up
        self._measured = (at, self.octets, self.reception.received, self.reception.given_up)
        if before:
            now = 8 * (self.octets - octets) / (at - before)
            self.rate = self.rate + (now - self.rate) / 2 if self.rate else now
            self.lost_share += (lost / max(1, came + lost) - self.lost_share) / 4

    def _gave_up(self, packets: int) -> None:
        self.reception.given_up += packets
        self.counts.given_up += packets
        if self.track.incoming.kind == "video" and self.forwards:
            self.wish.wanted = True

    def _begun_anew(self) -> None:
        """The sender counts from elsewhere: what was kept is of another time, pictures begin again."""
        self.ring.clear()
        self.missing.forget()
        for hearing in list(self.forwards):
            hearing.stop()
            hearing.wait_for(self)

    def _admit(self, number: int, packet: Kept, payload: bytes) -> None:
        begins = self.begins.get(packet[1] & 127)
        if begins is not None and not begins(payload):
            return
        self.wish.wanted = False
        if size := vp8.size_of_keyframe(payload) if begins is keyframes.begins_vp8 else None:
            self.height = min(size)
        for hearing in self.waiting:
            hearing.begin(self, number, packet)
            self.counts.switched += 1
        self.waiting.clear()
