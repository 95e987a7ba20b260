"""Reading conversations."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.history import HistoryPage, Span, as_readers_see, read_page
from hospital.conversations.store import get_membership, get_tail, memberships
from hospital.paging import Page, Paging
from messaging.answers import ConversationView
from messaging.viewing import viewed, viewed_all

Seq = Annotated[int, Field(ge=0, le=keys.LAST)]


class ConversationSearch(Paging):
    """Which conversations: those in which something can still be said, or all."""

    state: Literal["open", "all"] = "all"


class MessageSearch(BaseModel):
    """Which messages: those after a number (catching up), or before one (paging back)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Seq | None = None
    before: Seq | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if self.after is not None and self.before is not None:
            raise ValueError("either after or before")
        return self


def my_conversations(search: ConversationSearch, *, by: Caller) -> Page[ConversationView]:
    """The caller's conversations, the last joined first, with what was said last."""
    places = memberships.page(
        "open_of_person" if search.state == "open" else "of_person",
        keys.conversations_of_key(by.person_id),
        cursor=search.cursor,
        limit=search.limit,
        newest_first=True,
    )
    return Page(items=viewed_all(places.items), cursor=places.cursor)


def view_conversation(conversation_id: str, *, by: Caller) -> ConversationView:
    """One conversation of the caller's."""
    return viewed(conversation_id, by.person_id)


def read_messages(conversation_id: str, search: MessageSearch, *, by: Caller) -> HistoryPage:
    """What the caller may read of a conversation, as readers see it."""
    place = get_membership(conversation_id, by.person_id)
    tail = get_tail(conversation_id)
    page = read_page(
        conversation_id, Span.of(place, tail), after=search.after, before=search.before, limit=search.limit
    )
    shown = as_readers_see(page.messages) if tail.recalls else page.messages
    return HistoryPage(shown, page.complete, page.last_seq)
