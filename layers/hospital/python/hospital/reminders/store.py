"""Where reminders, choices and browsers are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from hospital import clock, ids
from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.records import Key
from hospital.reminders import keys
from hospital.reminders.events import ReminderDue
from hospital.reminders.model import Browser, Choices, Reminder, Round
from hospital.table import Collection
from hospital.work import Work, decided_again

MOST_BROWSERS = 20
_AT_ONCE = 100  # items in one read

# Says only that something waits somewhere: what waits has its own lines.
reminders = Collection(Reminder, "conversations", key=lambda one: keys.reminder_key(one.person_id), audited=False)
choices = Collection(Choices, "people", key=lambda one: keys.choices_key(one.id))
# Comes and goes with its session, of which the sign-in log tells.
browsers = Collection(
    Browser,
    "people",
    key=lambda one: keys.browser_key(one.id),
    lists={
        "of_person": lambda one: Key(keys.browsers_of_key(one.person_id), f"{clock.text(one.registered_at)}#{one.id}")
    },
    audited=False,
)


def get_choices(person_id: str) -> Choices:
    """What a person chose, or what holds for who did not choose."""
    return choices.get(keys.choices_key(person_id)) or Choices(id=person_id)


def browsers_of(person_id: str) -> list[Browser]:
    """The browsers that a person registered, oldest first."""
    return browsers.page("of_person", keys.browsers_of_key(person_id), limit=MOST_BROWSERS * 2).items


def browser_id(endpoint: str) -> str:
    """The id of the browser at a push endpoint."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]


def unaware(person_ids: Iterable[str], more: Round) -> list[str]:
    """Those of them whose round does not know this yet: one read each, a hundred in one call."""
    wanted, found = list(dict.fromkeys(person_ids)), []
    for first in range(0, len(wanted), _AT_ONCE):
        portion = wanted[first : first + _AT_ONCE]
        known = {one.person_id: one.waiting for one in reminders.get_all(keys.reminder_key(one) for one in portion)}
        for person_id in portion:
            waiting = known.get(person_id)
            if waiting is None or not waiting.covers(more):
                found.append(person_id)
    return found


def remember(person_id: str, more: Round, now: datetime, after: timedelta, by: Caller) -> None:
    """The person is to be reminded of this: a round begins, in one small transaction, or goes on with it."""

    def decide() -> None:
        before = reminders.get(keys.reminder_key(person_id))
        if before is not None and before.waiting is not None and before.waiting.covers(more):
            return
        begins = before is None or before.waiting is None
        with Work(by=by) as work:
            if before is None:
                fresh = Reminder(id=ids.derived_id("rem", person_id), person_id=person_id)
                stored = work.add(reminders, fresh.gathering(more), otherwise=ChangedMeanwhile())
            else:
                stored = work.change(reminders, before, before.gathering(more))
            if begins:
                work.due(stored.due_at(now, after), ReminderDue.of(stored))

    decided_again(decide)
