"""Conversations as one of their members sees them: one, or a page of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hospital.conversations import keys
from hospital.conversations.history import Span, as_readers_see
from hospital.conversations.marks import AT_ONCE, get_mark, marks_of
from hospital.conversations.model import Membership, Message, Tail
from hospital.conversations.store import (
    conversations,
    get_tail,
    marks,
    messages,
    recalls,
    seen_conversation,
    tails,
)
from hospital.records import Item, Key
from messaging.answers import ConversationView


def viewed(conversation_id: str, person_id: str) -> ConversationView:
    """One conversation, with the marks of all its members; for who left, with their own."""
    conversation, place = seen_conversation(conversation_id, person_id)
    tail = get_tail(conversation_id)
    if place.left_seq is None:
        known = marks_of(conversation, tail)
    else:
        known = {person_id: get_mark(conversation_id, person_id).seen_with(tail)}
    span = Span.of(place, tail)
    last = messages.get_all([keys.message_key(conversation_id, span.last)])
    return ConversationView.of(conversation, tail, place, known, as_readers_see(last)[0] if last else None)


def viewed_all(places: Sequence[Membership]) -> list[ConversationView]:
    """Conversations of one person, each with the person's own mark: four items each, and a fifth where something was
    recalled. At most a hundred."""
    found = _items(
        key
        for place in places
        for key in (
            keys.conversation_key(place.conversation_id),
            keys.tail_key(place.conversation_id),
            keys.mark_key(place.conversation_id, place.person_id),
        )
    )
    ends = {place.conversation_id: tails.from_item(found[keys.tail_key(place.conversation_id)]) for place in places}
    last = _last_messages(places, ends)
    return [
        ConversationView.of(
            conversations.from_item(found[keys.conversation_key(place.conversation_id)]),
            ends[place.conversation_id],
            place,
            {
                place.person_id: marks.from_item(
                    found[keys.mark_key(place.conversation_id, place.person_id)]
                ).seen_with(ends[place.conversation_id])
            },
            last.get(place.conversation_id),
        )
        for place in places
    ]


def _last_messages(places: Sequence[Membership], ends: dict[str, Tail]) -> dict[str, Message]:
    """What was said last of what each place may read, as readers see it."""
    spans = {place.conversation_id: Span.of(place, ends[place.conversation_id]) for place in places}
    said = {
        message.conversation_id: message
        for message in messages.get_all(keys.message_key(one, span.last) for one, span in spans.items())
    }
    # Only who left stands at a message that can have been recalled since: at the end stands the recall itself, or what
    # came after it. Still it is asked wherever anything was recalled, for the end moves on while we read.
    asked = [keys.recall_key(one, said[one].seq) for one in said if ends[one].recalls]
    gone = {recall.conversation_id for recall in recalls.get_all(asked)} if asked else set()
    return {one: as_readers_see([message])[0] if one in gone else message for one, message in said.items()}


def _items(wanted: Iterable[Key]) -> dict[Key, Item]:
    keys_ = list(dict.fromkeys(wanted))
    found: dict[Key, Item] = {}
    for first in range(0, len(keys_), AT_ONCE):
        found |= conversations.table.read_all(keys_[first : first + AT_ONCE])
    return found
