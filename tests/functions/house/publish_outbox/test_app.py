"""What a stream shows goes where it belongs: events to the bus, audit lines to the bus and to the sealer's queue."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hospital.work import Work
from house.publish_outbox.app import app as publish_outbox
from tests.builders.cloud import Cloud, client
from tests.builders.delivery import Delivery
from tests.builders.notes import Note, NoteWritten, doctor, notes

pytestmark = pytest.mark.store
QUEUE = "https://sqs.cn-northwest-1.amazonaws.com.cn/123456789012/test-audit-lines.fifo"


def shown(cloud: Cloud) -> list[dict[str, Any]]:
    """The stream's records of an event and its audit line."""
    with Work(by=doctor()) as work:
        work.emit(NoteWritten(subject="not_1", sequence=work.add(notes, Note(id="not_1")).version))
    items = [item for item in cloud.items("clinical") if item["row"]["S"] in ("event", "audit")]
    ordered = sorted(items, key=lambda item: item["row"]["S"], reverse=True)
    return [{"dynamodb": {"SequenceNumber": str(n), "NewImage": item}} for n, item in enumerate(ordered)]


def test_a_line_is_told_under_the_same_id_each_time_and_its_digest_is_sent(deliver: Delivery, cloud: Cloud):
    records = shown(cloud)
    assert publish_outbox({"Records": records}, None) == {"batchItemFailures": []}
    assert publish_outbox({"Records": records}, None) == {"batchItemFailures": []}
    lines = [told for told in deliver._received() if told["detail-type"] == "audit.line_written.v1"]
    first, again = (told["detail"] for told in lines)
    assert first == again
    assert (first["data"]["record"], first["data"]["acts"]) == ("not_1", ["note.written.v1"])
    (sent,) = client("sqs").receive_message(QueueUrl=QUEUE, MaxNumberOfMessages=10)["Messages"]
    body = json.loads(sent["Body"])
    assert (body["chain"], body["lines"][0]["subject"]) == ("org_1", "clinical:NOTE#not_1/NOTE")
    assert body["lines"][0]["digest"].startswith("SHA-256:")


def test_a_line_that_the_queue_refuses_comes_again_and_the_event_before_it_does_not(deliver: Delivery, cloud: Cloud):
    records = shown(cloud)
    client("sqs").delete_queue(QueueUrl=QUEUE)
    assert publish_outbox({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert cloud.counted("audit_lines_refused") == 1
