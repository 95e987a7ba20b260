"""One client's PeerConnection: offers become m-lines with a use, and the plane is told when packets can flow."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from media_fleet import answers, messages, sdp
from media_fleet.answers import Receiving, Sending, Transport, Use
from media_fleet.codecs import Codec
from media_fleet.grants import Grant
from media_fleet.messages import KINDS, Source
from media_fleet.plane import Exchange, Incoming, Outgoing
from media_fleet.refusals import Refused
from media_fleet.sdp import MediaLine
from media_fleet.wire.demux import Wire
from media_fleet.wire.legs import Leg


@dataclass
class Track:
    """What a person publishes. `flows` from when the plane expects its packets; `heights`, `clear`: as offered last."""

    id: str
    person_id: str
    source: Source
    incoming: Incoming
    heights: list[int]
    clear: bool = False
    muted: bool = False
    flows: bool = False

    def as_message(self) -> dict[str, Any]:
        """As `tracks` tells it."""
        return {
            "id": self.id,
            "person_id": self.person_id,
            "source": self.source,
            "kind": self.incoming.kind,
            "muted": self.muted,
            "heights": sorted(self.heights),
            "clear": self.clear,
        }


@dataclass
class _Hearing:
    """A track on an m-line of this client. An SSRC is for one subscription: its numbers are never used again."""

    track: Track
    outgoing: Outgoing
    flows: bool = False


_MOST_ANSWERS = 8


class Surroundings(Protocol):
    """What a connection needs of its room."""

    exchange: Exchange

    def track(self, track_id: str) -> Track | None:
        """A track that is published now, or None."""

    def tracks_changed(self) -> None:
        """The list is told to everybody."""

    def flows(self, track: Track) -> None:
        """The plane expects a track's packets: who wanted it may hear it."""

    def asked(self, track: Track, clear: bool, by: str) -> None:
        """Who publishes a track is told what somebody asks of it."""


@dataclass
class _Wishes:
    """What an offer asks for, checked against the grant: publications by source, subscriptions by mid."""

    publish: dict[Source, tuple[MediaLine, messages.Publish]] = field(default_factory=dict)
    subscribe: dict[str, tuple[MediaLine, str]] = field(default_factory=dict)


class Connection:
    """Belongs to a session and takes its id as the leg's name in the plane."""

    def __init__(
        self,
        name: str,
        grant: Grant,
        wire: Wire,
        room: Surroundings,
        begin: Callable[[Any], None],
        flowing: Callable[[], None],
    ) -> None:
        self.tracks: dict[Source, Track] = {}
        self._heard_at: float | None = None
        self._name = name
        self._grant = grant
        self._wire = wire
        self._room = room
        self._exchange = room.exchange
        self._begin = begin
        self._flowing = flowing
        self._flows = False
        self._number = 0
        self._answers = 0
        self._leg: Leg | None = None
        self._fingerprints: tuple[Any, ...] = ()
        self._ufrag = ""
        self._hearing: dict[str, _Hearing] = {}
        self._wants: dict[str, int] = {}

    @property
    def is_up(self) -> bool:
        """Whether packets can be sent."""
        return self._leg is not None and self._leg.is_up

    # -- what the client asks ------------------------------------------------------------------------------------

    def offered(self, message: messages.Offer, offer: sdp.Offer) -> tuple[str, list[dict[str, str]]]:
        """The answer, and the m-lines left out. `offer`: the message's, read. Raises Refused; then nothing changed."""
        if message.number <= self._number:
            raise Refused("too_many", limit=self._number)
        wishes = _wishes(message, offer, self._grant)
        self._number = message.number
        leg = self._transport(offer)
        self._publish(wishes)
        left_out = self._subscribe(wishes)
        self._flow()
        uses: dict[str, Use] = {track.incoming.mid: Receiving() for track in self.tracks.values()}
        for mid, hearing in self._hearing.items():
            told = hearing.outgoing
            uses[mid] = Sending(hearing.track.person_id, hearing.track.id, told.ssrc, told.rtx_ssrc)
        self._answers += 1
        transport = Transport(
            leg.credentials,
            self._wire.certificate.fingerprint,
            self._wire.default_address(),
            self._wire.candidates(),
            self._wire.port,
        )
        return answers.write(offer, uses, transport, self._answers), left_out

    def mute(self, source: Source, muted: bool) -> None:
        """Tell the others, and stop sending on. Raises Refused track_unknown."""
        track = self.tracks.get(source)
        if track is None:
            raise Refused("track_unknown", track=source)
        if track.muted != muted:
            track.muted = muted
            self._exchange.mute(track.id, muted)
            self._room.tracks_changed()

    def want(self, track: str, height: int) -> None:
        """How high a picture should be. Raises Refused track_unknown."""
        if all(hearing.track.id != track for hearing in self._hearing.values()):
            raise Refused("track_unknown", track=track)
        self._wants[track] = height
        self._exchange.want(self._name, track, height)

    def ask(self, track_id: str, clear: bool) -> None:
        """Tell whose camera this client sees how it is wanted. Raises Refused track_unknown."""
        heard = next((one.track for one in self._hearing.values() if one.track.id == track_id), None)
        if heard is None or heard.source != "camera":
            raise Refused("track_unknown", track=track_id)
        self._room.asked(heard, clear, self._grant.person_id)

    # -- what the room tells -------------------------------------------------------------------------------------

    def hear(self, track: Track) -> None:
        """A track's packets can flow now; if this client asked for it, they do."""
        for hearing in self._hearing.values():
            if hearing.track is track and not hearing.flows and self.is_up:
                hearing.flows = True
                self._exchange.subscribe(self._name, track.id, hearing.outgoing)
                if track.id in self._wants:
                    self._exchange.want(self._name, track.id, self._wants[track.id])

    def close(self) -> None:
        """All that this client sends and hears ends."""
        self._drop_leg()

    # -- what the leg tells --------------------------------------------------------------------------------------

    def up(self) -> None:
        """Keys are there."""
        if self._leg is not None:
            self._exchange.add_leg(self._name, self._leg.rtp_sender(), self._leg.send_rtcp)
            self._flow()

    def down(self) -> None:
        """No keys, or the client closed: it may offer anew."""
        self._drop_leg()

    def rtp(self, packet: bytes, at: float) -> None:
        """On to the plane."""
        if not self._flows:
            self._first_packet()
        self._exchange.received_rtp(self._name, packet, at)

    def rtcp(self, packet: bytes, at: float) -> None:
        """On to the plane."""
        if not self._flows:
            self._first_packet()
        self._exchange.received_rtcp(self._name, packet, at)

    # -- inside --------------------------------------------------------------------------------------------------

    def last_heard(self) -> float | None:
        """When anything came from the client's side of the wire, in seconds of the loop's clock."""
        if self._leg is not None and self._leg.heard_at is not None:
            self._heard_at = self._leg.heard_at
        return self._heard_at

    def _first_packet(self) -> None:
        self._flows = True
        self._flowing()

    def _transport(self, offer: sdp.Offer) -> Leg:
        """The leg, made anew for another PeerConnection and restarted for new credentials of the client."""
        if self._leg is not None and offer.fingerprints != self._fingerprints:
            self._drop_leg()
        if self._leg is None:
            self._leg = self._wire.leg(self)
            self._leg.expect(offer.fingerprints)
        elif offer.ufrag != self._ufrag:
            self._wire.restart(self._leg)
        self._fingerprints, self._ufrag = offer.fingerprints, offer.ufrag
        return self._leg

    def loses(self, share: float) -> None:
        """What the line loses on the way to the client: checks are answered so often that one answer arrives."""
        if self._leg is not None:
            self._leg.answers = min(_MOST_ANSWERS, round(1 / (1 - min(share, 0.9))))

    def _drop_leg(self) -> None:
        self.last_heard()
        leg, self._leg = self._leg, None
        had_tracks = bool(self.tracks)
        self.tracks.clear()
        self._hearing.clear()
        self._wants.clear()
        self._exchange.remove_leg(self._name)
        if leg is not None:
            self._begin(self._wire.forget(leg))
        if had_tracks:
            self._room.tracks_changed()

    def _publish(self, wishes: _Wishes) -> None:
        changed = False
        for source, track in list(self.tracks.items()):
            wish = wishes.publish.get(source)
            if wish is None or not _same(track.incoming, wish[0]):
                del self.tracks[source]
                self._exchange.unpublish(track.id)
                changed = True
        for source, (line, told) in wishes.publish.items():
            if source not in self.tracks:
                track_id = f"trk_{secrets.token_hex(8)}"
                incoming = _incoming(track_id, source, line, told.heights)
                self.tracks[source] = Track(track_id, self._grant.person_id, source, incoming, [])
                changed = True
            track, heights = self.tracks[source], told.heights[: max(1, len(line.rids))]
            if (track.heights, track.clear) != (heights, told.clear):
                track.heights, track.clear = heights, told.clear
                changed = True
        if changed:
            self._room.tracks_changed()

    def _subscribe(self, wishes: _Wishes) -> list[dict[str, str]]:
        left_out = []
        for mid, hearing in list(self._hearing.items()):
            wish = wishes.subscribe.get(mid)
            ended = self._room.track(hearing.track.id) is None
            if wish is None or wish[1] != hearing.track.id or ended:
                del self._hearing[mid]
                self._wants.pop(hearing.track.id, None)
                self._exchange.unsubscribe(self._name, hearing.track.id)
        for mid, (line, track_id) in wishes.subscribe.items():
            track = self._room.track(track_id)
            if track is None or track.incoming.kind != line.kind:
                left_out.append({"mid": mid, "code": "track_unknown"})
            elif mid not in self._hearing:
                self._hearing[mid] = _Hearing(track, self._outgoing(line, track))
        return left_out

    def _outgoing(self, line: MediaLine, track: Track) -> Outgoing:
        taken = {number for one in self._hearing.values() for number in (one.outgoing.ssrc, one.outgoing.rtx_ssrc)}
        ssrc, rtx = _fresh(taken), _fresh(taken)
        has_rtx = any(codec.rtx_of is not None for codec in line.payloads.values())
        return Outgoing(
            mid=line.mid,
            ssrc=ssrc,
            rtx_ssrc=rtx if has_rtx else None,
            payloads=line.payloads,
            extensions=answers.extensions_of(line),
            cname=track.person_id,
        )

    def _flow(self) -> None:
        """Tell the plane what is agreed and not told yet."""
        if not self.is_up:
            return
        for track in self.tracks.values():
            if not track.flows:
                track.flows = True
                self._exchange.publish(self._name, track.incoming)
                if track.muted:
                    self._exchange.mute(track.id, True)
                self._room.flows(track)
        for hearing in list(self._hearing.values()):
            if hearing.track.flows and self._room.track(hearing.track.id) is hearing.track:
                self.hear(hearing.track)


def _wishes(message: messages.Offer, offer: sdp.Offer, grant: Grant) -> _Wishes:
    if len(message.publish) > messages.MOST_PUBLISHED or len(message.subscribe) > messages.MOST_SUBSCRIBED:
        raise Refused("too_many", limit=messages.MOST_SUBSCRIBED)
    lines = {line.mid: line for line in offer.media}
    wishes, used, heard = _Wishes(), set(), set()
    for one in message.publish:
        if one.source in wishes.publish:
            raise Refused("publisher_exists", source=one.source)
        right = "share" if one.source == "screen" else "publish"
        if right not in grant.rights:
            raise Refused("right_missing", right=right)
        line = _usable(lines.get(one.mid), one.mid, "sendonly")
        if line.kind != KINDS[one.source]:
            raise sdp.not_understood("kind", one.mid)
        wishes.publish[one.source] = (line, one)
        used.add(one.mid)
    for wish in message.subscribe:
        if "subscribe" not in grant.rights:
            raise Refused("right_missing", right="subscribe")
        wishes.subscribe[wish.mid] = (_usable(lines.get(wish.mid), wish.mid, "recvonly"), wish.track)
        used.add(wish.mid)
        heard.add(wish.track)
    if len(used) != len(message.publish) + len(message.subscribe) or len(heard) != len(message.subscribe):
        raise Refused("message_not_understood")
    return wishes


def _usable(line: MediaLine | None, mid: str, direction: str) -> MediaLine:
    if line is None or not line.alive or line.direction not in (direction, "sendrecv"):
        raise sdp.not_understood("malformed", mid)
    if not any(codec.rtx_of is None and codec.red_of is None for codec in line.payloads.values()):
        raise sdp.not_understood("no_codec", mid)
    return line


def _incoming(track: str, source: Source, line: MediaLine, heights: list[int]) -> Incoming:
    by_rid = dict(zip(line.rids, heights, strict=False)) if line.rids else {"": heights[0]} if heights else {}
    return Incoming(
        track=track,
        source=source,
        kind=KINDS[source],
        mid=line.mid,
        payloads=line.payloads,
        extensions=answers.extensions_of(line),
        rids=tuple(sorted(line.rids, key=lambda rid: by_rid.get(rid, 0))),
        heights=by_rid,
        ssrcs=() if line.rids else line.ssrcs,
    )


def _same(incoming: Incoming, line: MediaLine) -> bool:
    """Whether a track goes on: its m-line may offer less than before, but no number of it may mean something new."""
    return (
        incoming.mid == line.mid
        and set(incoming.rids) == set(line.rids)
        and answers.extensions_of(line).items() <= incoming.extensions.items()
        and _meanings(line.payloads) <= _meanings(incoming.payloads)
    )


def _meanings(payloads: Mapping[int, Codec]) -> set[tuple[int, tuple[str, str], int | None, int | None]]:
    return {(number, codec.key, codec.rtx_of, codec.red_of) for number, codec in payloads.items()}


def _fresh(taken: set[int | None]) -> int:
    while (number := secrets.randbits(32)) in taken or number < 2:
        pass
    taken.add(number)
    return number
