"""Somebody was absent when something happened: it is remembered, to be said in one line later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from hospital import settings
from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.model import Message
from hospital.conversations.store import memberships
from hospital.reminders.model import Round
from hospital.reminders.store import remember, unaware

SILENT = frozenset({"system", "recall"})
"""Messages for whose sake nobody is called back."""
_AT_ONCE = 100  # items in one read


def remind_of_message(message: Message, absent: Iterable[str], now: datetime, by: Caller) -> list[str]:
    """Those members will be reminded of the message, but its sender and who muted or left the conversation; of whom
    that was asked."""
    if message.sender is None or message.type in SILENT:
        return []
    news = Round(conversation_ids=(message.conversation_id,))
    asked = [one for one in absent if one != message.sender.person_id]
    for person_id in _listening(message.conversation_id, unaware(asked, news)):
        remember(person_id, news, now, _after(), by)
    return asked


def remind_of_visit(person_id: str, now: datetime, by: Caller) -> None:
    """A patient will be reminded that their consultation moved."""
    remember(person_id, Round(visit=True), now, _after(), by)


def _listening(conversation_id: str, person_ids: list[str]) -> list[str]:
    found: list[str] = []
    for first in range(0, len(person_ids), _AT_ONCE):
        portion = person_ids[first : first + _AT_ONCE]
        places = memberships.get_all(keys.member_key(conversation_id, person_id) for person_id in portion)
        found += [place.person_id for place in places if not place.muted and place.left_seq is None]
    return found


def _after() -> timedelta:
    return timedelta(seconds=settings.current().notify_after_seconds)
