"""Rooms and the people in them: who is there, what they publish, and who is told. No sockets: links are handed in."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Protocol

from media_fleet.connections import Connection, Track
from media_fleet.grants import Grant
from media_fleet.messages import said
from media_fleet.plane import Exchange
from media_fleet.refusals import Refused
from media_fleet.settings import Settings
from media_fleet.wire.demux import Wire

SILENT_SECONDS = 30.0
RESUME_SECONDS = 30.0


class Link(Protocol):
    """A client's control socket."""

    def post(self, text: str) -> None:
        """Say something as soon as it can be said."""

    def end(self, text: str | None = None) -> None:
        """Say a last word, if any, and close."""


class Told(Protocol):
    """Who wants to know what happened."""

    def fact(self, kind: str, room: str, session: Session | None = None, reason: str | None = None) -> None:
        """joined, flowing, left, closed (PROTOCOL.md, 6)."""


class Session:
    """A person in a room, from the grant until the last word. `secret` lets a new control socket go on with it."""

    def __init__(
        self, grant: Grant, room: Room, wire: Wire, told: Told, begin: Begin, word: Callable[[str], str]
    ) -> None:
        self.id = f"ses_{secrets.token_hex(8)}"
        self.secret = word(self.id)
        self.grant = grant
        self.room = room
        self.link: Link | None = None
        self.unlinked_at: float | None = None
        self.over = False
        self.connection = Connection(self.id, grant, wire, room, begin, lambda: told.fact("flowing", room.id, self))

    def post(self, text: str) -> None:
        """Say something, if there is anybody to say it to: lists are told whole on `resume`."""
        if self.link is not None:
            self.link.post(text)

    def overdue(self, at: float, now: float) -> str | None:
        """Why the session has to end, if it has to: `at` of the loop's clock, `now` of the day's."""
        if now >= self.grant.until:
            return "until"
        if self.unlinked_at is not None and at - self.unlinked_at >= RESUME_SECONDS:
            return "lost"
        heard = self.connection.last_heard()
        return "silent" if heard is not None and at - heard >= SILENT_SECONDS else None


Begin = Callable[[Coroutine[Any, Any, None]], None]


class Room:
    """One call's sessions, by person, and its plane."""

    def __init__(self, room_id: str) -> None:
        self.id = room_id
        self.exchange = Exchange()
        self.sessions: dict[str, Session] = {}

    def track(self, track_id: str) -> Track | None:
        """A track that is published now, or None."""
        return next((track for track in self._tracks() if track.id == track_id), None)

    def flows(self, track: Track) -> None:
        """A track's packets can flow: to all who asked for it."""
        for session in self.sessions.values():
            session.connection.hear(track)

    def asked(self, track: Track, clear: bool, by: str) -> None:
        """Tell its publisher."""
        session = self.sessions.get(track.person_id)
        if session is not None:
            session.post(said("asked", source=track.source, clear=clear, person_id=by))

    def tracks(self) -> list[dict[str, Any]]:
        """As messages tell them."""
        return [track.as_message() for track in self._tracks()]

    def participants(self) -> list[dict[str, str]]:
        """As messages tell them."""
        return [{"person_id": one.grant.person_id, "name": one.grant.name} for one in self.sessions.values()]

    def tracks_changed(self) -> None:
        """Tell everybody."""
        self._tell(said("tracks", tracks=self.tracks()))

    def participants_changed(self) -> None:
        """Tell everybody."""
        self._tell(said("participants", participants=self.participants()))

    def tell_quality(self, at: float) -> None:
        """Tell everybody whose media is up how it goes, and how it goes for the others."""
        up = [session for session in self.sessions.values() if session.connection.is_up]
        judged = {session.id: self.exchange.quality(session.id, at) for session in up}
        people = {session.grant.person_id: judged[session.id]["level"] for session in up}
        for session in up:
            session.connection.loses(judged[session.id]["down_line_loss"])
            you = {name: number for name, number in judged[session.id].items() if name != "level"}
            session.post(said("quality", people=people, you=you))

    def _tracks(self) -> Iterator[Track]:
        for session in self.sessions.values():
            yield from session.connection.tracks.values()

    def _tell(self, text: str) -> None:
        for session in list(self.sessions.values()):
            session.post(text)


class Hall:
    """All rooms of a process, within bounds."""

    def __init__(self, settings: Settings, wire: Wire, told: Told, begin: Begin, word: Callable[[str], str]) -> None:
        self._settings = settings
        self._wire = wire
        self._told = told
        self._begin = begin
        self._word = word
        self.rooms: dict[str, Room] = {}
        self.sessions: dict[str, Session] = {}
        self._ended: Counter[str] = Counter()

    def plane_counts(self) -> dict[str, int]:
        """What the planes of all rooms counted, of those that ended too."""
        total = Counter(self._ended)
        for room in self.rooms.values():
            total.update(room.exchange.counts())
        return dict(total)

    def enter(self, grant: Grant) -> Session:
        """A new session; an older one of that person ends. Raises Refused: room_full, node_full."""
        room = self.rooms.get(grant.room)
        older = room.sessions.get(grant.person_id) if room is not None else None
        if older is None:
            self._check_bounds(room)
        if room is None:
            room = self.rooms[grant.room] = Room(grant.room)
        session = Session(grant, room, self._wire, self._told, self._begin, self._word)
        if older is not None:
            self._take_out(older, "replaced")
        room.sessions[grant.person_id] = self.sessions[session.id] = session
        self._told.fact("joined", room.id, session)
        return session

    def resume(self, session_id: str, secret: str) -> Session | None:
        """The session, if it lives and that is its secret."""
        session = self.sessions.get(session_id)
        if session is None or not secrets.compare_digest(session.secret.encode(), secret.encode()):
            return None
        return session

    def leave(self, session: Session, reason: str) -> None:
        """The session is over; the others are told, and a room without people ends."""
        if session.over:
            return
        room = session.room
        self._take_out(session, reason)
        if room.sessions:
            room.participants_changed()
        else:
            self._close(room, "empty")

    def close_room(self, room_id: str) -> None:
        """The hospital ended the call."""
        room = self.rooms.get(room_id)
        if room is None:
            return
        for session in list(room.sessions.values()):
            self._take_out(session, "closed")
        self._close(room, "ordered")

    def remove(self, room_id: str, person_id: str) -> None:
        """The hospital says that somebody is no longer in the call."""
        room = self.rooms.get(room_id)
        session = room.sessions.get(person_id) if room is not None else None
        if session is not None:
            self.leave(session, "removed")

    def _check_bounds(self, room: Room | None) -> None:
        if room is not None and len(room.sessions) >= self._settings.people_in_room:
            raise Refused("room_full")
        if len(self.sessions) >= self._settings.people or (room is None and len(self.rooms) >= self._settings.rooms):
            raise Refused("node_full")

    def _take_out(self, session: Session, reason: str) -> None:
        session.over = True
        self.sessions.pop(session.id, None)
        session.room.sessions.pop(session.grant.person_id, None)
        session.connection.close()
        link, session.link = session.link, None
        if link is not None:
            link.end(said("bye", reason=reason))
        self._told.fact("left", session.room.id, session, reason)

    def _close(self, room: Room, reason: str) -> None:
        if self.rooms.get(room.id) is room:
            del self.rooms[room.id]
            self._ended.update(room.exchange.counts())
            self._told.fact("closed", room.id, reason=reason)
