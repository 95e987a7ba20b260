"""What messages that leave the house report. Ids, states and times; never number or text."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from hospital.events import Event
from hospital.sms.model import Channel, Outcome, Sms, State, Where


class SmsMoved(Event):
    """A message was asked for, went on its way, arrived or failed. `delay_seconds` from the request to the receipt."""

    TYPE: ClassVar[str] = "sms.moved.v1"
    SOURCE: ClassVar[str] = "sms"

    organisation_id: str
    state: State
    outcome: Outcome
    channel: Channel
    occasion: str
    sender_id: str
    person_id: str
    terminal: Where = "web"
    phone_hash: str
    carrier: str
    cause: str
    asked_at: datetime
    delay_seconds: int | None = None

    @classmethod
    def of(cls, sms: Sms) -> Self:
        """The event of a message as it was stored."""
        shared = sms.model_dump(include=set(cls.model_fields))
        delay = int(sms.delay.total_seconds()) if sms.delay is not None else None
        return cls(
            subject=sms.id,
            sequence=sms.version,
            outcome=sms.outcome,
            delay_seconds=delay,
            **shared,
        )


class SmsDue(Event):
    """A message is to leave, or should have arrived; whoever hears it looks how it stands."""

    TYPE: ClassVar[str] = "sms.due.v1"
    SOURCE: ClassVar[str] = "sms"

    @classmethod
    def of(cls, sms: Sms) -> Self:
        """The event of a message as it was stored."""
        return cls(subject=sms.id, sequence=sms.version)
