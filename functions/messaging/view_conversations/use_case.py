"""Reading conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.errors import CardNotFound
from hospital.conversations.history import HistoryPage, MessageSearch, Span, as_readers_see, read_one, read_page
from hospital.conversations.store import get_membership, get_tail, memberships
from hospital.paging import Page, Paging
from messaging.answers import ConversationView
from messaging.cards import CardView, opened_card
from messaging.viewing import viewed, viewed_all


class ConversationSearch(Paging):
    """Which conversations: those in which something can still be said, or all."""

    state: Literal["open", "all"] = "all"


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
    page = read_page(conversation_id, Span.of(place, tail), search)
    shown = as_readers_see(page.messages) if tail.recalls else page.messages
    return HistoryPage(shown, page.complete, page.last_seq)


def open_card(conversation_id: str, seq: int, *, by: Caller, now: datetime) -> CardView:
    """What a card shows now, with the opener's rights: `CardNotFound` when it is none, or was recalled."""
    place = get_membership(conversation_id, by.person_id)
    message = read_one(conversation_id, Span.of(place, get_tail(conversation_id)), seq)
    if message is None or message.type != "card":
        raise CardNotFound
    card = message.content["card"]
    return opened_card(card["type"], card["id"], by=by, now=now)
