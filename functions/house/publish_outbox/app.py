"""Consumer of the tables' streams: inserts of outbox rows and audit lines (see the filters in `infra/bus.yaml`)."""

from __future__ import annotations

import json
from typing import Any

from hospital.outbox import Entry, publish
from hospital.records import from_attributes
from hospital.seals.events import LineWritten, line_envelope
from hospital.seals.queueing import send_lines


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Publish in order; from the first that was not taken on, the stream brings them again."""
    items = [record["dynamodb"]["NewImage"] for record in event["Records"]]
    told = [(place, entry) for place, item in enumerate(items) if (entry := _entry(item))]
    lines = [(place, item) for place, item in enumerate(items) if "line_subject" in item]
    left = [told[n][0] for n in [publish([entry for _, entry in told])] if n < len(told)]
    left += [lines[n][0] for n in [send_lines([item for _, item in lines])] if n < len(lines)]
    if not left:
        return {"batchItemFailures": []}
    return {"batchItemFailures": [{"itemIdentifier": event["Records"][min(left)]["dynamodb"]["SequenceNumber"]}]}


def _entry(item: dict[str, Any]) -> Entry | None:
    """What the bus is told of an item; nothing of lines that are records with events of their own."""
    row = from_attributes(item)
    if row["row"] == "event":
        return Entry.of(row)
    if row["row"] == "audit":
        text = json.dumps(line_envelope(row), ensure_ascii=False, separators=(",", ":"))
        return Entry(source=f"hospital.{LineWritten.SOURCE}", type=LineWritten.TYPE, envelope=text)
    return None
