"""Sending a reminder, or seeing that none is needed.

What waited is taken out before it is counted: a message that comes in between begins a round of its own. What was taken
out stays on the record until it is dealt with, so a second delivery of the event goes on where the first one broke.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hospital import clock
from hospital.caller import Caller
from hospital.conversations import keys
from hospital.conversations.sockets import tell
from hospital.conversations.store import conversations
from hospital.conversations.unread import count_unread
from hospital.people.store import get_person
from hospital.reminders.events import ReminderDue
from hospital.reminders.keys import reminder_key
from hospital.reminders.model import MOST_COUNTED, Choices, Reminder, Round, said
from hospital.reminders.store import get_choices, reminders
from hospital.work import Work, decided_again
from messaging.on_reminder_due_send.sending import Letter, deliver
from messaging.server_frames import Notice


def on_reminder_due_send(envelope: dict[str, Any], by: Caller) -> None:
    """Send what is due. Raises `Unavailable` when nobody could take it now: the queue brings it again."""
    event = ReminderDue.told(envelope)
    reminder = decided_again(lambda: _taken_out(event, by))
    if reminder is None or reminder.leaving is None:
        return
    now = clock.now()
    notice = Notice(topic=event.TYPE, subject=event.subject, sequence=event.sequence)
    choices = get_choices(event.person_id)
    if event.person_id in tell([event.person_id], notice.plain()) or not (choices.push or choices.sms):
        _end(event, by)
    elif quiet_until := choices.quiet.until(now):
        _put_off(event, quiet_until, by)
    else:
        _send(event, reminder, reminder.leaving, choices, by)


def _send(event: ReminderDue, reminder: Reminder, leaving: Round, choices: Choices, by: Caller) -> None:
    now = clock.now()
    unread = _unread(reminder.person_id, leaving.conversation_ids)
    if not unread and not leaving.visit:
        _end(event, by)
        return
    unread |= _unread(reminder.person_id, [one for one in reminder.told if one not in unread])
    sent = deliver(_letter(reminder, leaving, unread, names=choices.names), choices, now)
    _end(event, by, now if sent else None, unread)


def _taken_out(event: ReminderDue, by: Caller) -> Reminder | None:
    before = reminders.get(reminder_key(event.person_id))
    after = before.taken_out(event.round) if before else None
    if before is None or after is None or after is before:
        return after
    with Work(by=by) as work:
        return work.change(reminders, before, after)


def _end(event: ReminderDue, by: Caller, sent_at: datetime | None = None, told: dict[str, int] | None = None) -> None:
    def decide() -> None:
        before = reminders.need(reminder_key(event.person_id))
        if before.leaving is not None and before.leaving_round == event.round:
            with Work(by=by) as work:
                work.change(reminders, before, before.ended(sent_at, tuple(told or ())))

    decided_again(decide)


def _put_off(event: ReminderDue, until: datetime, by: Caller) -> None:
    """It is night: what waited is looked at again in the morning."""

    def decide() -> None:
        before = reminders.need(reminder_key(event.person_id))
        if before.leaving is None or before.leaving_round != event.round:
            return
        with Work(by=by) as work:
            stored = work.change(reminders, before, before.put_off())
            if before.waiting is None:
                work.due(until, ReminderDue.of(stored))

    decided_again(decide)


def _unread(person_id: str, conversation_ids: Sequence[str]) -> dict[str, int]:
    """Conversation -> how many wait unread there, where any do."""
    counted = {one: count_unread(one, person_id, MOST_COUNTED) for one in conversation_ids}
    return {one: count for one, count in counted.items() if count}


def _letter(reminder: Reminder, leaving: Round, unread: dict[str, int], *, names: bool) -> Letter:
    person = get_person(reminder.person_id)
    count, language = sum(unread.values()), person.preferences.language
    senders = _senders(reminder.person_id, list(unread)) if names else []
    return Letter(
        id=f"{reminder.id}.{reminder.leaving_round}",
        person=person,
        words=said(count, visit=leaving.visit, names=senders, language=language),
        words_without_names=said(count, visit=leaving.visit, language=language),
        language=language,
    )


def _senders(person_id: str, conversation_ids: list[str]) -> list[str]:
    """Who wrote, where that is one other person; nobody at all when a group is among them, whose name might tell more
    than a person's."""
    found = conversations.get_all(keys.conversation_key(one) for one in conversation_ids)
    others = [[member for member in one.members if member.person_id != person_id] for one in found]
    if any(len(members) != 1 for members in others):
        return []
    return list(dict.fromkeys(members[0].name for members in others))
