"""What reminders report."""

from __future__ import annotations

from typing import ClassVar, Self

from hospital.events import Event
from hospital.reminders.model import Reminder


class ReminderDue(Event):
    """A person may be reminded; whoever hears it looks whether something still waits for them."""

    TYPE: ClassVar[str] = "reminder.due.v1"
    SOURCE: ClassVar[str] = "reminders"

    person_id: str
    round: int

    @classmethod
    def of(cls, reminder: Reminder) -> Self:
        """The event of a reminder as it was stored."""
        return cls(subject=reminder.id, sequence=reminder.version, person_id=reminder.person_id, round=reminder.round)
