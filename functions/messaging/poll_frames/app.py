"""Routes of devices that poll."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import ConfigDict

from hospital import clock
from hospital.caller import Caller
from hospital.conversations.errors import (
    ConversationClosed,
    ConversationLimitReached,
    ConversationNotFound,
    MessageIdReused,
    MessageTypeUnknown,
    PollOver,
    ReadMarkBeyondEnd,
    VersionUnknown,
)
from hospital.http import App, Command
from hospital.policy import can
from messaging.answering import answer_frame
from messaging.frames import frame_in
from messaging.poll_frames.use_case import (
    AskForFrames,
    Frames,
    OpenPoll,
    PollView,
    begin_polling,
    known_poll,
    wait_for_frames,
)
from messaging.server_frames import Answer

app = App("poll_frames")


class ClientFrame(Command):
    """A frame as a socket would send it; docs/asyncapi.json describes each."""

    model_config = ConfigDict(extra="allow")

    action: str


@app.route("POST", "/polls", allow=can("account:keep"), body=OpenPoll, returns=PollView, status=201,
           errors=(VersionUnknown,))  # fmt: skip
def post_poll(who: Caller, body: OpenPoll) -> PollView:
    """A device that will poll; this is its hello."""
    return begin_polling(body, by=who, now=clock.now())


@app.route("POST", "/polls/{poll_id}", allow=can("account:keep"), body=AskForFrames, returns=Frames, errors=(PollOver,))
def post_poll_asks(who: Caller, poll_id: str, body: AskForFrames) -> Frames:
    """The next frames, as soon as there are some."""
    return wait_for_frames(poll_id, body, by=who, now=clock.now())


@app.route(
    "POST",
    "/polls/{poll_id}/frames",
    allow=can("account:keep"),
    body=ClientFrame,
    returns=Answer,
    errors=(
        PollOver,
        ConversationNotFound,
        ConversationClosed,
        ConversationLimitReached,
        MessageIdReused,
        MessageTypeUnknown,
        ReadMarkBeyondEnd,
        VersionUnknown,
    ),
)
def post_frame(who: Caller, poll_id: str, body: ClientFrame) -> dict[str, Any] | None:
    """One frame of the device, and its answer; `typing` has none (204)."""
    now = clock.now()
    frame = frame_in(body.model_dump())
    # A message is stored once by the client's own id for it: no other key of that kind is looked at.
    by = replace(who, asked=replace(who.asked, intent=None))
    return answer_frame(frame, known_poll(poll_id, by=by, now=now), by, now)
