"""What calls report. Ids, states and times; no names."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from hospital.calls.members import Media
from hospital.calls.model import Call, Outcome, State
from hospital.events import Event


class CallEvent(Event):
    """What every event of a call says."""

    SOURCE: ClassVar[str] = "calls"

    organisation_id: str
    conversation_id: str
    visit_id: str | None
    caller_id: str
    person_ids: tuple[str, ...]
    media: Media
    state: State
    outcome: Outcome | None
    seconds: int | None

    @classmethod
    def of(cls, call: Call) -> Self:
        """The event of a call as it was stored."""
        return cls(
            subject=call.id,
            sequence=call.version,
            organisation_id=call.organisation_id,
            conversation_id=call.conversation_id,
            visit_id=call.visit_id,
            caller_id=call.caller_id,
            person_ids=call.person_ids,
            media=call.media,
            state=call.state,
            outcome=call.outcome,
            seconds=call.seconds,
        )


class CallBegun(CallEvent):
    """Somebody rings others."""

    TYPE: ClassVar[str] = "call.begun.v1"


class CallChanged(CallEvent):
    """Somebody rings, answered, declined, came or went; media flows, or not."""

    TYPE: ClassVar[str] = "call.changed.v1"


class CallEnded(CallEvent):
    """It is over, with this outcome."""

    TYPE: ClassVar[str] = "call.ended.v1"


class CallDue(Event):
    """Something of the call is over by itself now; whoever hears it looks how the call stands."""

    TYPE: ClassVar[str] = "call.due.v1"
    SOURCE: ClassVar[str] = "calls"

    due_at: datetime

    @classmethod
    def of(cls, call: Call, due_at: datetime) -> Self:
        """The event of a call as it was stored."""
        return cls(subject=call.id, sequence=call.version, due_at=due_at)
