"""Events: what happened, told to whoever cares. Class, schema and example of each lie under `events/`.

Envelope: CloudEvents 1.0 with the extensions `sequence` (the subject's version, so that a consumer sees a gap),
`actor` and `trace`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict

from hospital import clock
from hospital.caller import Caller


class Event(BaseModel):
    """A fact about one subject. Senders forbid unknown fields, consumers read with `told`, which ignores them.

    The class is the schema of the envelope's `data`; `subject` and `sequence` go into the envelope too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    TYPE: ClassVar[str]
    SOURCE: ClassVar[str]

    subject: str
    sequence: int

    @classmethod
    def told(cls, detail: dict[str, Any]) -> Self:
        """The event in an envelope that a consumer received."""
        data = {name: value for name, value in detail["data"].items() if name in cls.model_fields}
        return cls.model_validate(data)


def envelope(event: Event, event_id: str, by: Caller, at: datetime | None = None) -> dict[str, Any]:
    """The CloudEvents envelope of `event`, which happened now or at `at`."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "type": event.TYPE,
        "source": f"hospital.{event.SOURCE}",
        "subject": event.subject,
        "time": clock.text(at or clock.now()),
        "sequence": f"{event.sequence:010d}",
        "datacontenttype": "application/json",
        "trace": by.asked.request_id,
        "actor": by.stated(),
        "data": event.model_dump(mode="json"),
    }
