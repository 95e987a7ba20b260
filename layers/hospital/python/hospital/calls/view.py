"""A call as everybody sees whom it concerns: the answer of routes, and what devices are pushed."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from hospital.calls.members import Media, MemberState, Showing
from hospital.calls.model import Call, Outcome, State


class CallMemberView(BaseModel):
    """One of a call, and how they stand in it."""

    person_id: str
    name: str
    state: MemberState
    since: datetime


class CallView(BaseModel):
    """A call. `revision` rises with every change: the highest holds, whichever comes last. `due_at` is when something
    happens by itself (a ring stops, the call ends): look again then. `node` is where its room is: when that changes,
    join again. `showing`: the file in the conversation's message `seq` that `by` has the others look at."""

    id: str
    revision: int
    conversation_id: str
    visit_id: str | None
    media: Media
    state: State
    outcome: Outcome | None
    caller_id: str
    members: list[CallMemberView]
    node: str
    created_at: datetime
    connected_at: datetime | None
    ended_at: datetime | None
    seconds: int | None
    due_at: datetime | None
    showing: Showing | None

    @classmethod
    def of(cls, call: Call) -> CallView:
        """The view of a call."""
        members = [CallMemberView(**one.model_dump(include=set(CallMemberView.model_fields))) for one in call.members]
        told = {name: getattr(call, name) for name in cls.model_fields if name not in ("revision", "members")}
        return cls(**told, revision=call.version, members=members)
