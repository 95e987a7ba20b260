"""Marks: how far each member has read, and how far their devices have taken in.

A mark never goes back. What a member wrote is not marked: it follows from the tail (`Mark.seen_with`), until the member
is no longer among its last speakers; then `settle` writes it down.
"""

from __future__ import annotations

from typing import Literal

from hospital.conversations import keys
from hospital.conversations.errors import ConversationNotFound
from hospital.conversations.model import Conversation, Mark, Tail
from hospital.conversations.store import marks

What = Literal["read_seq", "delivered_seq"]
AT_ONCE = 100  # items in one read


def get_mark(conversation_id: str, person_id: str) -> Mark:
    """A member's mark, as it was written."""
    return marks.need(keys.mark_key(conversation_id, person_id), ConversationNotFound())


def marks_of(conversation: Conversation, tail: Tail) -> dict[str, Mark]:
    """The marks of all members, by person."""
    places = [keys.mark_key(conversation.id, member.person_id) for member in conversation.members]
    found: dict[str, Mark] = {}
    for first in range(0, len(places), AT_ONCE):
        for mark in marks.get_all(places[first : first + AT_ONCE]):
            found[mark.person_id] = mark.seen_with(tail)
    return found


def raise_mark(conversation_id: str, person_id: str, what: What, seq: int) -> bool:
    """Put a mark further; False when it stands there or further already. Two devices may do it at once: the higher
    one stays, whichever comes last."""
    key = keys.mark_key(conversation_id, person_id)
    return marks.table.update(key, [marks[what].set(seq)], when=marks[what] < seq) is not None
