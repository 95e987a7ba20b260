"""The call as a state machine: pure. A command or a relay's fact and the time go in, the next state or an error out.

`TRANSITIONS` is the whole of the call, `MEMBER_TRANSITIONS` (see `members`) of one who is rung. They judge here, draw
the diagrams in the docs and drive the random walks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from hospital import ids
from hospital.calls.errors import (
    AnsweredElsewhere,
    CallMovedOn,
    CallNotFound,
    CallOver,
    NotTheCaller,
    TooManyPeople,
)
from hospital.calls.members import (
    IN_IT,
    PENDING,
    CallMember,
    Media,
    MemberAct,
    Rung,
    Showing,
    rung_now,
)
from hospital.records import SEALED, Record

State = Literal["invited", "ringing", "accepted", "connecting", "connected", "ended"]
Act = Literal["ring", "accept", "join", "flow", "end"]
Outcome = Literal["completed", "missed", "declined", "busy", "failed", "cancelled"]

TRANSITIONS: Mapping[tuple[State, Act], State] = {
    ("invited", "ring"): "ringing",
    ("invited", "accept"): "accepted",
    ("ringing", "accept"): "accepted",
    ("accepted", "join"): "connecting",
    ("connecting", "flow"): "connected",
    ("invited", "end"): "ended",
    ("ringing", "end"): "ended",
    ("accepted", "end"): "ended",
    ("connecting", "end"): "ended",
    ("connected", "end"): "ended",
}
MOST_PEOPLE = 8
"""In it or rung, at a time."""
MOST_MEMBERS = 24
"""Of all who were rung over time: a call does not grow without end."""
CONNECTS_WITHIN = timedelta(seconds=30)
SILENT_FOR = timedelta(seconds=30)
ALONE_FOR = timedelta(seconds=60)
"""Somebody whose network is gone comes back, or does not: so long the other one waits alone."""


class Call(Record):
    """One call in a conversation, through that in its visit. `node` is the relay where its room is; `connect_by` and
    `quiet_by` are the moments at which it ends when no media comes, or nobody is there any more. `showing` is what one
    of those in it has the others look at."""

    organisation_id: str
    conversation_id: str
    visit_id: str | None = None
    media: Media
    state: State = "invited"
    outcome: Outcome | None = None
    caller_id: str
    members: Annotated[tuple[CallMember, ...], SEALED]
    node: str = ""
    created_at: datetime
    accepted_at: datetime | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    connect_by: datetime | None = None
    quiet_by: datetime | None = None
    showing: Showing | None = None

    @classmethod
    def begin(
        cls,
        *,
        organisation_id: str,
        conversation_id: str,
        visit_id: str | None,
        media: Media,
        caller: Rung,
        others: Sequence[Rung],
        busy: Collection[str],
        now: datetime,
        near: Mapping[str, int] | None = None,
    ) -> Self:
        """Somebody rings others; those of `busy` are in another call. When all are, it is over at once."""
        if len(others) + 1 > MOST_PEOPLE:
            raise TooManyPeople(most=MOST_PEOPLE)
        first = CallMember(**caller.model_dump(), state="accepted", since=now, media=media, near=dict(near or {}))
        rung = (rung_now(one, one.person_id in busy, now) for one in others)
        begun = cls(
            id=ids.new_id("call"),
            organisation_id=organisation_id,
            conversation_id=conversation_id,
            visit_id=visit_id,
            media=media,
            caller_id=caller.person_id,
            members=(first, *rung),
            created_at=now,
        )
        return begun._settled(now)

    # -- who is in it ---------------------------------------------------------------------------------------------

    @property
    def person_ids(self) -> tuple[str, ...]:
        """Whom it concerns, whatever became of their part in it."""
        return tuple(one.person_id for one in self.members)

    @property
    def seconds(self) -> int | None:
        """How long they talked; None when they did not."""
        if self.connected_at is None or self.ended_at is None:
            return None
        return int((self.ended_at - self.connected_at).total_seconds())

    def member(self, person_id: str) -> CallMember:
        """The member; `CallNotFound` for everybody else."""
        for one in self.members:
            if one.person_id == person_id:
                return one
        raise CallNotFound

    def holds(self, person_id: str) -> bool:
        """Whether that person has no room for another call because of this one."""
        return self.state != "ended" and any(
            one.person_id == person_id and one.state in PENDING | IN_IT for one in self.members
        )

    @property
    def near(self) -> dict[str, int]:
        """How far, in ms and in the mean, those who are in it and measured are from regions that all of them reach."""
        measured = [one.near for one in self.members if one.state in IN_IT and one.near]
        reached = set.intersection(*map(set, measured)) if measured else set()
        return {region: sum(one[region] for one in measured) // len(measured) for region in reached}

    # -- time -----------------------------------------------------------------------------------------------------

    @property
    def due_at(self) -> datetime | None:
        """When something will happen by itself; None when nothing will."""
        if self.state == "ended":
            return None
        rings = [one.rings_until for one in self.members if one.rings_until is not None]
        moments = [*rings, *(one for one in (self.connect_by, self.quiet_by) if one is not None)]
        return min(moments, default=None)

    def as_of(self, now: datetime) -> Self:
        """The call as it stands at `now`, whether or not anybody wrote down what happened by itself."""
        standing = self
        while (at := standing.due_at) is not None and at <= now:
            standing = standing._past(at)
        return standing

    def _past(self, at: datetime) -> Self:
        if self.connect_by == at:
            return self._ended("failed", at)
        if self.quiet_by == at:
            return self._ended("completed", at)
        members = tuple(one.moved("miss", at) if one.rings_until == at else one for one in self.members)
        return self.having(members=members)._settled(at)

    def _open(self, now: datetime) -> Self:
        """As it stands; `CallOver` when it is over."""
        standing = self.as_of(now)
        if standing.state == "ended":
            raise CallOver(outcome=standing.outcome)
        return standing

    # -- what people do -------------------------------------------------------------------------------------------

    def ring(self, person_id: str, now: datetime) -> Self:
        """A device of that person's rings. Heard twice, or after they answered, it changes nothing."""
        standing = self._open(now)
        if standing.member(person_id).state != "invited":
            return standing
        return standing._with(person_id, lambda one: one.moved("ring", now))._moved("ring")

    def answer(
        self, person_id: str, device: str, media: Media, now: datetime, near: Mapping[str, int] | None = None
    ) -> Self:
        """A device of that person's takes the call. The first one does: `AnsweredElsewhere` for the others."""
        standing = self._open(now)
        member = standing.member(person_id)
        if member.state in IN_IT:
            return standing.bind(person_id, device)
        how = {"device": device, "media": media, "near": dict(near or {})}
        answered = standing._with(person_id, lambda one: one.moved("accept", now, **how))
        if standing.accepted_at is None:
            answered = answered.having(accepted_at=now, connect_by=now + CONNECTS_WITHIN)
        return answered._moved("accept")

    def bind(self, person_id: str, device: str) -> Self:
        """The person talks by this device: the one that answered, or the first that comes of who rang."""
        member = self.member(person_id)
        if member.state not in IN_IT:
            raise CallMovedOn(state=member.state)
        if member.device == device:
            return self
        if member.device:
            raise AnsweredElsewhere
        return self._with(person_id, lambda one: one.model_copy(update={"device": device}))

    def decline(self, person_id: str, reason: Literal["declined", "busy"], now: datetime) -> Self:
        """They do not take it. Heard twice, it changes nothing."""
        standing = self._open(now)
        if standing.member(person_id).state == reason:
            return standing
        act: MemberAct = "decline" if reason == "declined" else "be_busy"
        return standing._with(person_id, lambda one: one.moved(act, now))._settled(now)

    def cancel(self, person_id: str, now: datetime) -> Self:
        """Who rang gives up before anybody answered."""
        standing = self._open(now)
        standing.member(person_id)
        if person_id != standing.caller_id:
            raise NotTheCaller
        if standing.state not in ("invited", "ringing"):
            raise CallMovedOn(state=standing.state)
        return standing._ended("cancelled", now)

    def leave(self, person_id: str, now: datetime) -> Self:
        """One goes; a call of one is over."""
        standing = self._open(now)
        gone = standing._with(person_id, lambda one: one.moved("leave", now, session=""))
        return gone._hiding(person_id)._settled(now)._listened(now)

    def end(self, person_id: str, now: datetime) -> Self:
        """It is over for all: by either of two, by who rang, or by staff."""
        standing = self._open(now)
        member = standing.member(person_id)
        if member.state not in IN_IT:
            raise CallMovedOn(state=member.state)
        there = [one for one in standing.members if one.state in PENDING | IN_IT]
        if len(there) > 2 and member.role == "patient" and person_id != standing.caller_id:
            raise NotTheCaller
        return standing._ended(standing._finished(), now)

    def closed(self, now: datetime) -> Self:
        """What it belonged to is over, and so is it."""
        standing = self.as_of(now)
        return standing if standing.state == "ended" else standing._ended(standing._finished(), now)

    def invite(self, by: str, people: Sequence[Rung], busy: Collection[str], now: datetime) -> Self:
        """One who is in it has others rung too. Who is in it or rings already is not rung again."""
        standing = self._open(now)
        if standing.member(by).state not in IN_IT:
            raise CallMovedOn(state=standing.member(by).state)
        known = {one.person_id: one for one in standing.members}
        for one in people:
            before = known.get(one.person_id)
            if before is None or before.state not in PENDING | IN_IT:
                known[one.person_id] = rung_now(one, one.person_id in busy, now)
        there = sum(one.state in PENDING | IN_IT for one in known.values())
        if there > MOST_PEOPLE or len(known) > MOST_MEMBERS:
            raise TooManyPeople(most=MOST_PEOPLE)
        return standing.having(members=tuple(known.values()))

    def show(self, person_id: str, seq: int, now: datetime) -> Self:
        """One who is in it has the others look at a file of the conversation, in place of what was shown before."""
        standing = self._open(now)
        member = standing.member(person_id)
        if member.state not in IN_IT:
            raise CallMovedOn(state=member.state)
        if standing.showing is not None and (standing.showing.by, standing.showing.seq) == (person_id, seq):
            return standing
        return standing.having(showing=Showing(seq=seq, by=person_id, since=now))

    def hide(self, person_id: str, now: datetime) -> Self:
        """They show it no more. What somebody else shows stays; heard twice, it changes nothing."""
        standing = self._open(now)
        standing.member(person_id)
        return standing._hiding(person_id)

    # -- what relays tell -----------------------------------------------------------------------------------------

    def place(self, node: str, now: datetime) -> Self:
        """Its room is at that relay from now on: who was at another one has to come again."""
        standing = self._open(now)
        if standing.node == node:
            return standing
        return standing.having(node=node)._without(lambda one: True, now)

    def joined(self, person_id: str, session: str, now: datetime) -> Self:
        """Somebody came to the room. A second session of theirs takes the place of the first."""
        standing = self._open(now)
        if standing.member(person_id).state not in IN_IT:
            raise CallMovedOn(state=standing.member(person_id).state)
        there = standing._with(person_id, lambda one: one.model_copy(update={"session": session}))
        return there._moved("join")._listened(now)

    def flowing(self, person_id: str, session: str, now: datetime) -> Self:
        """Media of theirs arrives. Of a session that is not theirs any more it means nothing."""
        standing = self._open(now)
        member = standing.member(person_id)
        if member.session != session or member.state != "accepted":
            return standing
        return standing._with(person_id, lambda one: one.moved("flow", now))._listened(now)

    def stopped(self, person_id: str, session: str, now: datetime) -> Self:
        """A session is gone from the room: they may come again."""
        return self._open(now)._without(lambda one: (one.person_id, one.session) == (person_id, session), now)

    def emptied(self, now: datetime) -> Self:
        """The room is gone from its relay."""
        return self._open(now)._without(lambda one: True, now)

    # -- the machine ----------------------------------------------------------------------------------------------

    def _without(self, which: Callable[[CallMember], bool], now: datetime) -> Self:
        def apart(one: CallMember) -> CallMember:
            if not one.session or not which(one):
                return one
            return (
                one.moved("stop", now, session="")
                if one.state == "connected"
                else one.model_copy(update={"session": ""})
            )

        return self.having(members=tuple(apart(one) for one in self.members))._listened(now)

    def _listened(self, now: datetime) -> Self:
        """Connected once two are there and media flows; when it stops, or one is alone, it ends after a while."""
        if self.state == "ended":
            return self
        flows = any(one.state == "connected" for one in self.members)
        there = sum(bool(one.session) for one in self.members)
        if self.state == "connecting" and flows and there > 1:
            return self._moved("flow").having(connected_at=now, connect_by=None)
        if self.state != "connected" or (flows and there > 1):
            return self.having(quiet_by=None)
        latest = now + (ALONE_FOR if flows else SILENT_FOR)
        return self.having(quiet_by=min(self.quiet_by or latest, latest))

    def _hiding(self, person_id: str) -> Self:
        shown = self.showing
        return self.having(showing=None) if shown is not None and shown.by == person_id else self

    def _settled(self, now: datetime) -> Self:
        """Over when nobody is left to talk to."""
        inside = sum(one.state in IN_IT for one in self.members)
        pending = sum(one.state in PENDING for one in self.members)
        if inside and inside + pending > 1:
            return self
        return self._ended(self._finished(), now)

    def _finished(self) -> Outcome:
        """What it came to, if it ended here."""
        if self.connected_at is not None:
            return "completed"
        if self.accepted_at is not None:
            return "cancelled"
        became = {one.state for one in self.members}
        for state in ("declined", "missed", "busy"):
            if state in became:
                return state
        return "cancelled"

    def _ended(self, outcome: Outcome, at: datetime) -> Self:
        def apart(one: CallMember) -> CallMember:
            if one.state in PENDING:
                return one.moved("miss", at)
            return one.moved("leave", at, session="") if one.state in IN_IT else one

        members = tuple(apart(one) for one in self.members)
        over = {"outcome": outcome, "ended_at": at, "connect_by": None, "quiet_by": None, "showing": None}
        return self._moved("end").having(members=members, **over)

    def _with(self, person_id: str, change: Callable[[CallMember], CallMember]) -> Self:
        self.member(person_id)
        members = tuple(change(one) if one.person_id == person_id else one for one in self.members)
        return self.having(members=members)

    def _moved(self, act: Act) -> Self:
        """The next state; where an act of one more member moves nothing, it stays."""
        return self.having(state=TRANSITIONS.get((self.state, act), self.state))


class OnCall(Record):
    """That a person has no room for another call. `id` is the person's."""

    call_id: str
