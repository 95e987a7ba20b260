"""Consumer of the tables' streams, outbox inserts only (see the filter in `infra/bus.yaml`)."""

from __future__ import annotations

from typing import Any

from hospital.outbox import Entry, publish
from hospital.records import from_attributes


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Publish in order; from the first that the bus did not take on, the stream brings them again."""
    rows = [(record["dynamodb"]["SequenceNumber"], record["dynamodb"]["NewImage"]) for record in event["Records"]]
    entries = [Entry.of(from_attributes(row)) for _, row in rows]
    taken = publish(entries)
    if taken == len(rows):
        return {"batchItemFailures": []}
    return {"batchItemFailures": [{"itemIdentifier": rows[taken][0]}]}
