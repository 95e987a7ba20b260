"""Routes of holding a call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from calling.hold_call import use_case
from calling.whom import HOLD
from hospital import clock
from hospital.caller import Caller
from hospital.calls.errors import (
    AlreadyInCall,
    AnsweredElsewhere,
    CallMovedOn,
    CallNotFound,
    CallOver,
    NobodyToCall,
    NotTheCaller,
    PersonNotFound,
    StaffCallFirst,
    TooManyPeople,
)
from hospital.calls.members import Media
from hospital.calls.model import MOST_PEOPLE
from hospital.calls.view import CallView
from hospital.conversations.errors import ConversationClosed, ConversationNotFound
from hospital.conversations.history import Seq
from hospital.http import App, Command
from hospital.ids import PATTERN
from hospital.paging import Page, Paging
from hospital.people.errors import NotApproved, NotCheckedIn
from hospital.policy import can
from hospital.relays.model import Place
from hospital.uploads.errors import FileNotFound

app = App("hold_call")

_HOLD = can(HOLD)
_REFUSALS = (CallNotFound, CallOver, CallMovedOn)
Id = Annotated[str, Field(pattern=PATTERN)]
People = Annotated[list[Id], Field(min_length=1, max_length=MOST_PEOPLE * 2)]
Near = Annotated[
    dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")], Annotated[int, Field(ge=0, le=60_000)]],
    Field(max_length=16, description="Region of relays to the ms in which a line there opened, where it was measured"),
]
Device = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$", description="The same over a reload of the page")]


class BeginCall(Command):
    """Whom to ring: all other members of the conversation, or those `people` of it; staff may name colleagues of the
    house by their roles."""

    conversation_id: Id
    media: Media
    people: People | None = None
    near: Near = Field(default_factory=dict)


class Ring(Command):
    """A device rings."""

    device: Device


class AnswerCall(Command):
    """The device that takes the call, and whether with a picture."""

    device: Device
    media: Media
    near: Near = Field(default_factory=dict)


class DeclineCall(Command):
    """Not now, or in another call."""

    reason: Literal["declined", "busy"] = "declined"


class Nothing(Command):
    """Nothing to add."""


class Invite(Command):
    """Who else is to be rung; as when it begins."""

    people: People


class Show(Command):
    """Which message of the conversation holds the picture or file; null: nothing is shown any more."""

    seq: Seq | None


class CurrentCalls(BaseModel):
    """The calls that the caller is in, or rung by; and the regions in which there are relays, if there is a choice: who
    calls or answers tells how near they are."""

    items: list[CallView]
    places: list[Place]


@app.route(
    "POST",
    "/calls",
    allow=_HOLD,
    body=BeginCall,
    returns=CallView,
    status=201,
    errors=(
        ConversationNotFound,
        ConversationClosed,
        StaffCallFirst,
        AlreadyInCall,
        NobodyToCall,
        PersonNotFound,
        TooManyPeople,
        NotApproved,
        NotCheckedIn,
    ),
)
def post_call(who: Caller, body: BeginCall) -> CallView:
    """Ring people. Where all of them are in other calls, it is over at once, as busy."""
    return use_case.begin_call(body.conversation_id, body.media, body.people, body.near, by=who, now=clock.now())


@app.route("GET", "/calls/current", allow=_HOLD, returns=CurrentCalls)
def get_current(who: Caller) -> CurrentCalls:
    """The caller's calls that are not over: after a reload, or on a new connection."""
    now = clock.now()
    return CurrentCalls(items=use_case.current_calls(by=who, now=now), places=use_case.places_of_relays(now))


@app.route("GET", "/calls/{call_id}", allow=_HOLD, returns=CallView, errors=(CallNotFound,))
def get_call(who: Caller, call_id: str) -> CallView:
    """One call."""
    return use_case.view_call(call_id, by=who, now=clock.now())


@app.route(
    "GET",
    "/conversations/{conversation_id}/calls",
    allow=_HOLD,
    query=Paging,
    returns=Page[CallView],
    errors=(ConversationNotFound,),
)
def get_calls(who: Caller, conversation_id: str, query: Paging) -> Page[CallView]:
    """The calls of a conversation, newest first."""
    return use_case.calls_in(conversation_id, query, by=who, now=clock.now())


@app.route("POST", "/calls/{call_id}/ringing", allow=_HOLD, body=Ring, returns=CallView, errors=_REFUSALS)
def post_ringing(who: Caller, call_id: str, body: Ring) -> CallView:
    """A device of the caller's rings."""
    return use_case.ring(call_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/calls/{call_id}/answer",
    allow=_HOLD,
    body=AnswerCall,
    returns=CallView,
    errors=(*_REFUSALS, AnsweredElsewhere),
)
def post_answer(who: Caller, call_id: str, body: AnswerCall) -> CallView:
    """Take a call. The first device does."""
    return use_case.answer(call_id, body.device, body.media, body.near, by=who, now=clock.now())


@app.route("POST", "/calls/{call_id}/decline", allow=_HOLD, body=DeclineCall, returns=CallView, errors=_REFUSALS)
def post_decline(who: Caller, call_id: str, body: DeclineCall) -> CallView:
    """Do not take a call."""
    return use_case.decline(call_id, body.reason, by=who, now=clock.now())


@app.route(
    "POST", "/calls/{call_id}/cancel", allow=_HOLD, body=Nothing, returns=CallView, errors=(*_REFUSALS, NotTheCaller)
)
def post_cancel(who: Caller, call_id: str, body: Nothing) -> CallView:
    """Give up ringing."""
    return use_case.cancel(call_id, by=who, now=clock.now())


@app.route("POST", "/calls/{call_id}/leave", allow=_HOLD, body=Nothing, returns=CallView, errors=_REFUSALS)
def post_leave(who: Caller, call_id: str, body: Nothing) -> CallView:
    """Go; the others talk on, if they are two."""
    return use_case.leave(call_id, by=who, now=clock.now())


@app.route(
    "POST", "/calls/{call_id}/end", allow=_HOLD, body=Nothing, returns=CallView, errors=(*_REFUSALS, NotTheCaller)
)
def post_end(who: Caller, call_id: str, body: Nothing) -> CallView:
    """End it for all."""
    return use_case.end(call_id, by=who, now=clock.now())


@app.route(
    "POST",
    "/calls/{call_id}/invitations",
    allow=_HOLD,
    body=Invite,
    returns=CallView,
    errors=(*_REFUSALS, ConversationClosed, NobodyToCall, PersonNotFound, TooManyPeople),
)
def post_invitations(who: Caller, call_id: str, body: Invite) -> CallView:
    """Have others rung too."""
    return use_case.invite(call_id, body.people, by=who, now=clock.now())


@app.route(
    "PUT", "/calls/{call_id}/showing", allow=_HOLD, body=Show, returns=CallView, errors=(*_REFUSALS, FileNotFound)
)
def put_showing(who: Caller, call_id: str, body: Show) -> CallView:
    """Have the others look at a file, in place of what was shown before; or end that, if it is the caller's."""
    return use_case.show(call_id, body.seq, by=who, now=clock.now())
