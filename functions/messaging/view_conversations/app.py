"""Routes of reading conversations."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from hospital import clock
from hospital.caller import Caller
from hospital.conversations.errors import CardNotFound, ConversationNotFound, ReadMarkBeyondEnd
from hospital.conversations.history import MessageSearch
from hospital.http import App, Command
from hospital.paging import CursorUnknown, Page
from hospital.policy import can
from messaging.answers import ConversationView, MessageView
from messaging.cards import CardView
from messaging.reading import raise_own_mark
from messaging.view_conversations.search import Found, WordSearch, search_messages
from messaging.view_conversations.use_case import (
    ConversationSearch,
    my_conversations,
    open_card,
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


@app.route(
    "GET",
    "/messages",
    allow=can("conversation:take_part"),
    query=WordSearch,
    returns=Found,
    errors=(ConversationNotFound, CursorUnknown),
)
def get_found(who: Caller, query: WordSearch) -> Found:
    """Search in one's own conversations, the newest of each first; go on with the cursor."""
    return search_messages(query, by=who)


@app.route(
    "GET",
    "/conversations/{conversation_id}/cards/{seq}",
    allow=can("conversation:take_part"),
    returns=CardView,
    errors=(ConversationNotFound, CardNotFound),
)
def get_card(who: Caller, conversation_id: str, seq: str) -> CardView:
    """Open a card: the record as it stands now, for whoever may read it."""
    return open_card(conversation_id, int(seq), by=who, now=clock.now())
