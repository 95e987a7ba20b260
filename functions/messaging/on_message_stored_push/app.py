"""Consumer of the conversations stream, message inserts only (see the filter in `infra/areas/messaging.yaml`)."""

from __future__ import annotations

from typing import Any

from hospital.observability import count, say
from messaging.on_message_stored_push.use_case import Batch


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Push the messages; from the first that cannot be read on, the stream brings them again."""
    batch, failed = Batch(), []
    for record in event["Records"]:
        try:
            batch.add(record["dynamodb"]["NewImage"])
        except Exception as error:  # the edge: the stream is told where to start again
            say("a message was not pushed", level="error", failure=error, function="on_message_stored_push")
            count("push_failed")
            failed = [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]
            break
    batch.push()
    return {"batchItemFailures": failed}
