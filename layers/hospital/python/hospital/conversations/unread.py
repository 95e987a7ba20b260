"""How much of a conversation its member has not read, counted without reading any of it."""

from __future__ import annotations

from typing import Any

from pynamodb.expressions.operand import Path

from hospital.conversations import keys
from hospital.conversations.store import marks, memberships, messages, tails


def count_unread(conversation_id: str, person_id: str, at_most: int) -> int:
    """How many messages of other people wait unread there: 0 for who left it or muted it; none that was recalled, none
    of the hospital's own lines. Counted to `at_most` and one more."""
    places = (
        keys.tail_key(conversation_id),
        keys.member_key(conversation_id, person_id),
        keys.mark_key(conversation_id, person_id),
    )
    items = memberships.table.read_all(places)
    if any(place not in items for place in places):
        return 0
    tail = tails.from_item(items[places[0]])
    member = memberships.from_item(items[places[1]])
    mark = marks.from_item(items[places[2]])
    if member.muted or member.left_seq is not None:
        return 0
    first = max(mark.seen_with(tail).read_seq + 1, member.first_seq)
    if first > tail.last_seq:
        return 0
    sent_by_people = messages["client_id"].exists() & (messages["type"] != "recall")
    count = _count(conversation_id, "MSG", first, tail.last_seq, sent_by_people)
    if tail.recalls:
        count -= _count(conversation_id, "RECALL", first, tail.last_seq, None)
    return min(max(0, count), at_most + 1)


def _count(conversation_id: str, row: str, first: int, last: int, where: Any) -> int:
    """Of one page: more than a page of unread messages is "99+" by then."""
    answer = messages.table.connection.query(
        messages.table.physical,
        f"CONV#{conversation_id}",
        range_key_condition=Path("sk").between(f"{row}#{first:010d}", f"{row}#{last:010d}"),
        filter_condition=where,
        select="COUNT",
        consistent_read=True,
    )
    return int(answer["Count"])
