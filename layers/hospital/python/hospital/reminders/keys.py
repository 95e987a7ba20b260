"""Keys of reminders.

| who asks | table | key or list |
| --- | --- | --- |
| what a person is to be reminded of | `conversations` | `REMINDER#per_1 / REMINDER` |
| what a person chose about notifications | `people` | `PERSON#per_1 / NOTIFICATIONS` |
| whose a browser is | `people` | `PUSH#<hash of its endpoint> / PUSH`: one person's at a time |
| the browsers of a person | `people` | list `of_person`: `PUSHES#per_1 / <registered_at>#<id>` |
"""

from __future__ import annotations

from hospital.records import Key


def reminder_key(person_id: str) -> Key:
    """What a person is to be reminded of."""
    return Key(f"REMINDER#{person_id}", "REMINDER")


def choices_key(person_id: str) -> Key:
    """What a person chose about notifications."""
    return Key(f"PERSON#{person_id}", "NOTIFICATIONS")


def browser_key(browser_id: str) -> Key:
    """A browser that shows pushes."""
    return Key(f"PUSH#{browser_id}", "PUSH")


def browsers_of_key(person_id: str) -> str:
    """The partition of a person's browsers."""
    return f"PUSHES#{person_id}"
