"""Keys of calls, in the table `clinical`.

| who asks | key or list |
| --- | --- |
| a call by id | `CALL#call_1 / CALL` |
| the calls of a conversation, newest first | list `of_conversation`: `CONV#cnv_1 / <created_at>#call_1` |
| which call a person is in, or rung by | `ONCALL#per_1 / UNIQUE`, only meanwhile |
| how the line of a member was | `CALL#call_1 / QUALITY#per_1` |
"""

from __future__ import annotations

from datetime import datetime

from hospital import clock
from hospital.records import Key

FIRST_QUALITY, LAST_QUALITY = "QUALITY#", "QUALITY#~"


def call_key(call_id: str) -> Key:
    """A call."""
    return Key(f"CALL#{call_id}", "CALL")


def calls_of_key(conversation_id: str) -> str:
    """The partition of a conversation's calls."""
    return f"CONV#{conversation_id}"


def since(moment: datetime, call_id: str) -> str:
    """The sort text of that list: by time, ties by id."""
    return f"{clock.text(moment)}#{call_id}"


def on_call_key(person_id: str) -> Key:
    """The place that only one call of a person can hold."""
    return Key(f"ONCALL#{person_id}", "UNIQUE")


def quality_key(call_id: str, person_id: str) -> Key:
    """How the line of a member was."""
    return Key(f"CALL#{call_id}", f"{FIRST_QUALITY}{person_id}")
