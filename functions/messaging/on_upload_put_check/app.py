"""Consumer of the quarantine's own queue: S3 says what was put (`infra/buckets.yaml`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from hospital.caller import system
from hospital.errors import Unavailable
from hospital.observability import count, say
from messaging.on_upload_put_check.use_case import on_upload_put_check


def app(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Look at each object that was put; a message that fails goes back to the queue alone."""
    failed = [record["messageId"] for record in event["Records"] if not _handled(record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _handled(record: dict[str, Any]) -> bool:
    by = system("on_upload_put_check", because=record["messageId"])
    try:
        for key in _keys(record["body"]):
            on_upload_put_check(key, by)
    except Unavailable:  # the queue brings it again, and in the end to the dead letters, which ring
        say("a check has to wait", level="warning")
        return False
    except Exception as error:  # the edge: one broken file must not stop the others
        say("an upload was not checked", level="error", failure=error)
        count("event_failed", function="on_upload_put_check")
        return False
    return True


def _keys(body: str) -> Iterator[str]:
    """What was put. A bucket's first message is a test and names nothing."""
    for put in json.loads(body).get("Records", []):
        yield unquote_plus(put["s3"]["object"]["key"])
