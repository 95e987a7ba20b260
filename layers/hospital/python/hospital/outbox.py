"""From outbox rows to the bus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hospital import aws, settings
from hospital.observability import count, say

_PER_CALL = 10  # EventBridge's limit


@dataclass(frozen=True)
class Entry:
    """One event, as the bus takes it."""

    source: str
    type: str
    envelope: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Entry:
        """The entry in an outbox row or a row of the due-list."""
        return cls(source=row["source"], type=row["type"], envelope=row["envelope"])


def publish(entries: Sequence[Entry]) -> int:
    """Put the events on the bus, in order; returns how many it took before the first that it did not."""
    bus = settings.current().bus_name
    client = aws.client("events")
    for start in range(0, len(entries), _PER_CALL):
        part = entries[start : start + _PER_CALL]
        answer = client.put_events(
            Entries=[
                {"EventBusName": bus, "Source": entry.source, "DetailType": entry.type, "Detail": entry.envelope}
                for entry in part
            ]
        )
        for number, result in enumerate(answer["Entries"]):
            if "EventId" not in result:
                say("the bus refused an event", level="error", event_type=part[number].type)
                count("publish_failed", type=part[number].type)
                return start + number
    return len(entries)
