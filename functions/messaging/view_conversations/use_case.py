"""Reading conversations."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.model import Membership, Message
from hospital.conversations.store import (
    conversations,
    get_conversation,
    get_membership,
    get_tail,
    marks,
    memberships,
    messages,
    tails,
)
from hospital.paging import Page, Paging
from messaging.answers import ConversationView

Seq = Annotated[int, Field(ge=0, le=keys.LAST)]


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


def my_conversations(paging: Paging, *, by: Caller) -> Page[ConversationView]:
    """The caller's conversations, newest first, with what was said last."""
    places = memberships.page(
        "of_person",
        keys.conversations_of_key(by.person_id),
        cursor=paging.cursor,
        limit=min(paging.limit, 25),  # three items each beside the last message, read in one call
        newest_first=True,
    )
    return Page(items=_views(places.items), cursor=places.cursor)


def view_conversation(conversation_id: str, *, by: Caller) -> ConversationView:
    """One conversation of the caller's."""
    get_conversation(conversation_id, by.person_id)
    return _views([get_membership(conversation_id, by.person_id)])[0]


def read_messages(conversation_id: str, search: MessageSearch, *, by: Caller) -> tuple[list[Message], bool, int]:
    """(messages in ascending order, whether these are all in that direction, the last number given)."""
    get_conversation(conversation_id, by.person_id)
    tail = get_tail(conversation_id)
    if search.after is not None:
        first, last, newest_first = search.after + 1, keys.LAST, False
    else:
        first, last, newest_first = 1, keys.LAST if search.before is None else search.before - 1, True
    if first > last:
        return [], True, tail.last_seq
    place, first_sk = keys.message_key(conversation_id, first)
    found, complete = messages.between(
        place,
        first_sk,
        keys.message_key(conversation_id, last).sk,
        limit=search.limit,
        newest_first=newest_first,
    )
    # Numbers have no gap, so a full page tells by its end whether something is left beyond it.
    end = 1 if newest_first else tail.last_seq
    complete = complete or (bool(found) and found[-1].seq == end)
    shown = found[::-1] if newest_first else found
    return shown, complete, max([tail.last_seq, *(message.seq for message in shown[-1:])])


def _views(places: list[Membership]) -> list[ConversationView]:
    """Four items each: conversation, end, own mark, last message."""
    ids_ = [place.conversation_id for place in places]
    items = conversations.table.read_all(
        [keys.conversation_key(one) for one in ids_]
        + [keys.tail_key(one) for one in ids_]
        + [keys.mark_key(place.conversation_id, place.person_id) for place in places]
    )
    ends = {one: tails.from_item(items[keys.tail_key(one)]) for one in ids_}
    last = messages.get_all(keys.message_key(one, ends[one].last_seq) for one in ids_)
    said = {message.conversation_id: message for message in last}
    views = []
    for place in places:
        tail = ends[place.conversation_id]
        own = marks.from_item(items[keys.mark_key(place.conversation_id, place.person_id)]).seen_with(tail)
        views.append(
            ConversationView.of(
                conversations.from_item(items[keys.conversation_key(place.conversation_id)]),
                tail,
                place,
                {place.person_id: own},
                said.get(place.conversation_id),
            )
        )
    return views
