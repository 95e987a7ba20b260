"""How far conversations go beyond what a device holds: with this a push that was lost is noticed within a heartbeat,
even when nothing else is said."""

from __future__ import annotations

from collections.abc import Mapping

from hospital.conversations import keys
from hospital.conversations.store import memberships, tails

MOST = 50
"""Conversations of one question: two items each, and a read holds a hundred."""


def conversations_behind(person_id: str, have: Mapping[str, int]) -> dict[str, int]:
    """Which of a person's conversations go further than `have` says, and how far they may read. Those of others are
    left out. One call."""
    asked = list(have)[:MOST]
    if not asked:
        return {}
    places = {one: keys.member_key(one, person_id) for one in asked}
    ends = {one: keys.tail_key(one) for one in asked}
    items = tails.table.read_all([*places.values(), *ends.values()])
    found = {}
    for one in asked:
        if places[one] in items and ends[one] in items:
            left, last = memberships.from_item(items[places[one]]).left_seq, tails.from_item(items[ends[one]]).last_seq
            last = last if left is None else min(last, left)
            if last > have[one]:
                found[one] = last
    return found


def newest_conversation(person_id: str) -> str | None:
    """The conversation that a person joined last. From an index, so it may be a moment late."""
    page = memberships.page("of_person", keys.conversations_of_key(person_id), limit=1, newest_first=True)
    return page.items[0].conversation_id if page.items else None
