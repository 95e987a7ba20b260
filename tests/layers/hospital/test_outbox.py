"""From outbox rows to the bus: in order, and from the first that was not taken on, again."""

from __future__ import annotations

from typing import Any

import pytest

from hospital.outbox import Entry, publish
from house.publish_outbox.app import app as publish_outbox
from tests.builders.cloud import Cloud

pytestmark = pytest.mark.store


def entries(count: int) -> list[Entry]:
    return [Entry("hospital.notes", "note.written.v1", f"e{number}") for number in range(count)]


def rows(count: int) -> dict[str, Any]:
    """A batch of the stream."""
    image = {"row": {"S": "event"}, "source": {"S": "hospital.notes"}, "type": {"S": "note.written.v1"}}
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "dynamodb": {"SequenceNumber": f"s{number}", "NewImage": image | {"envelope": {"S": f"e{number}"}}},
            }
            for number in range(count)
        ]
    }


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (10, [10]), (11, [10, 1]), (25, [10, 10, 5])])
def test_ten_at_a_time_in_order(bus, count, sizes):
    assert publish(entries(count)) == count
    assert [len(call) for call in bus.calls] == sizes
    assert [entry["Detail"] for call in bus.calls for entry in call] == [f"e{number}" for number in range(count)]


def test_an_entry_says_bus_source_and_type(bus):
    publish(entries(1))
    assert bus.calls == [
        [{"EventBusName": "test-bus", "Source": "hospital.notes", "DetailType": "note.written.v1", "Detail": "e0"}]
    ]


@pytest.mark.parametrize("refused", [0, 5, 9, 10, 17])
def test_what_follows_a_refused_one_is_not_counted_as_taken(bus, refused):
    bus.refused = {f"e{refused}"}
    assert publish(entries(25)) == refused
    assert len(bus.calls) == refused // 10 + 1, "nothing is sent after a call in which one was refused"


def test_a_batch_of_the_stream(bus):
    assert publish_outbox(rows(3), None) == {"batchItemFailures": []}
    assert publish_outbox({"Records": []}, None) == {"batchItemFailures": []}


def test_the_stream_is_told_where_to_begin_again(bus, cloud: Cloud, journal):
    bus.refused = {"e12"}
    assert publish_outbox(rows(15), None) == {"batchItemFailures": [{"itemIdentifier": "s12"}]}
    assert cloud.counted("publish_failed", type="note.written.v1") == 1
    assert journal.lines[-1]["event_type"] == "note.written.v1"
