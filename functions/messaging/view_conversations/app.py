"""Routes of reading conversations."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from hospital.caller import Caller
from hospital.conversations.errors import ConversationNotFound, ReadMarkBeyondEnd
from hospital.http import App, Command
from hospital.paging import Page
from hospital.policy import can
from messaging.answers import ConversationView, MessageView
from messaging.reading import raise_own_mark
from messaging.view_conversations.use_case import (
    ConversationSearch,
    MessageSearch,
    my_conversations,
    read_messages,
    view_conversation,
)

app = App("view_conversations")


class Messages(BaseModel):
    """Messages in ascending order. `complete`: nothing older (`before`, or no bound) or newer (`after`) is left."""

    items: list[MessageView]
    complete: bool
    last_seq: int


class MarkRead(Command):
    """The number of the last message that was read."""

    seq: Annotated[int, Field(ge=0, le=9_999_999_999)]


class ReadMark(BaseModel):
    """How far the caller has read, and how many are left."""

    read_seq: int
    unread: int


@app.route(
    "GET",
    "/conversations",
    allow=can("conversation:take_part"),
    query=ConversationSearch,
    returns=Page[ConversationView],
)
def get_conversations(who: Caller, query: ConversationSearch) -> Page[ConversationView]:
    """The caller's conversations, newest first."""
    return my_conversations(query, by=who)


@app.route(
    "GET",
    "/conversations/{conversation_id}",
    allow=can("conversation:take_part"),
    returns=ConversationView,
    errors=(ConversationNotFound,),
)
def get_conversation(who: Caller, conversation_id: str) -> ConversationView:
    """One conversation."""
    return view_conversation(conversation_id, by=who)


@app.route(
    "GET",
    "/conversations/{conversation_id}/messages",
    allow=can("conversation:take_part"),
    query=MessageSearch,
    returns=Messages,
    errors=(ConversationNotFound,),
)
def get_messages(who: Caller, conversation_id: str, query: MessageSearch) -> Messages:
    """Messages before or after a number; the newest without one."""
    page = read_messages(conversation_id, query, by=who)
    items = [MessageView.of(message) for message in page.messages]
    return Messages(items=items, complete=page.complete, last_seq=page.last_seq)


@app.route(
    "POST",
    "/conversations/{conversation_id}/read",
    allow=can("conversation:take_part"),
    body=MarkRead,
    returns=ReadMark,
    errors=(ConversationNotFound, ReadMarkBeyondEnd),
)
def post_read(who: Caller, conversation_id: str, body: MarkRead) -> ReadMark:
    """Mark messages as read; the mark never goes back."""
    mark, tail = raise_own_mark(conversation_id, "read_seq", body.seq, by=who)
    return ReadMark(read_seq=mark.read_seq, unread=tail.last_seq - mark.read_seq)
