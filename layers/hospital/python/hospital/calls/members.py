"""Those of a call, each with a state of their own: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from hospital.caller import Role
from hospital.calls.errors import CallMovedOn

MemberState = Literal["invited", "ringing", "accepted", "connected", "left", "declined", "busy", "missed"]
MemberAct = Literal["ring", "accept", "flow", "stop", "leave", "decline", "be_busy", "miss", "invite"]
Media = Literal["audio", "video"]

MEMBER_TRANSITIONS: Mapping[tuple[MemberState, MemberAct], MemberState] = {
    ("invited", "ring"): "ringing",
    ("invited", "accept"): "accepted",
    ("ringing", "accept"): "accepted",
    ("accepted", "flow"): "connected",
    ("connected", "stop"): "accepted",
    ("accepted", "leave"): "left",
    ("connected", "leave"): "left",
    ("invited", "decline"): "declined",
    ("ringing", "decline"): "declined",
    ("invited", "be_busy"): "busy",
    ("ringing", "be_busy"): "busy",
    ("invited", "miss"): "missed",
    ("ringing", "miss"): "missed",
    ("left", "invite"): "invited",
    ("declined", "invite"): "invited",
    ("busy", "invite"): "invited",
    ("missed", "invite"): "invited",
}
PENDING: frozenset[MemberState] = frozenset({"invited", "ringing"})
IN_IT: frozenset[MemberState] = frozenset({"accepted", "connected"})

RINGS_FOR = timedelta(seconds=45)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Rung(_Part):
    """Who is to be rung, as they are called in the conversation."""

    person_id: str
    name: str
    role: Role


class Showing(_Part):
    """The file in the conversation's message of that number, shown by one of the call."""

    seq: int
    by: str
    since: datetime


class CallMember(Rung):
    """One of a call: `device` is the one that answered, `session` the one at the relay while there is one. `near`: how
    long it took that device to open a line to relays of a region, in ms, where it measured."""

    state: MemberState
    since: datetime
    rings_until: datetime | None = None
    device: str = ""
    media: Media | None = None
    session: str = ""
    near: dict[str, int] = Field(default_factory=dict)

    def moved(self, act: MemberAct, now: datetime, **changes: object) -> Self:
        """The next state; `CallMovedOn` where there is none."""
        following = MEMBER_TRANSITIONS.get((self.state, act))
        if following is None:
            raise CallMovedOn(state=self.state)
        rest = {"rings_until": None} if following not in PENDING else {}
        return self.model_copy(update={"state": following, "since": now, **rest, **changes})


def rung_now(one: Rung, is_busy: bool, now: datetime) -> CallMember:
    """Somebody whose devices ring from now on; who is in another call is busy."""
    if is_busy:
        return CallMember(**one.model_dump(include=set(Rung.model_fields)), state="busy", since=now)
    told = one.model_dump(include=set(Rung.model_fields))
    return CallMember(**told, state="invited", since=now, rings_until=now + RINGS_FOR)
