"""Consumer of the conversations stream, message inserts only (see the filter in `infra/areas/messaging.yaml`)."""

from __future__ import annotations

from typing import Any

from hospital.observability import count, say
from messaging.on_message_stored_push.use_case import push_message


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Push each message in order; from the first that fails on, the stream brings them again."""
    for record in event["Records"]:
        try:
            push_message(record["dynamodb"]["NewImage"])
        except Exception as error:  # the edge: the stream is told where to start again
            sequence = record["dynamodb"]["SequenceNumber"]
            say("a message was not pushed", level="error", failure=error, function="on_message_stored_push")
            count("push_failed")
            return {"batchItemFailures": [{"itemIdentifier": sequence}]}
    return {"batchItemFailures": []}
