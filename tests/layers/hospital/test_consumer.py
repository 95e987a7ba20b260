"""The edge of consumers: one bad event stops no other, one that came again changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hospital.caller import Caller
from hospital.consumer import consumer
from hospital.errors import ChangedMeanwhile, Unavailable
from hospital.work import Work
from tests.builders.cloud import Cloud
from tests.builders.journal import Journal
from tests.builders.notes import Note, notes

pytestmark = pytest.mark.store


def record(event_id: str, note_id: str = "not_1", message_id: str | None = None) -> dict[str, Any]:
    envelope = {"id": event_id, "type": "note.written.v1", "data": {"subject": note_id}}
    return {"messageId": message_id or f"m-{event_id}", "body": json.dumps({"detail": envelope})}


def on_note_written_file_it(envelope: dict[str, Any], by: Caller) -> None:
    with Work(by=by, doing="note.file", once=envelope["id"]) as work:
        if envelope["data"]["subject"] == "not_bad":
            raise ValueError("the patient said: my chest hurts")
        work.add(notes, Note(id=envelope["data"]["subject"]))


app = consumer(on_note_written_file_it)


def handed(*records: dict[str, Any]) -> list[str]:
    """The ids of the messages that go back to the queue."""
    return [failure["itemIdentifier"] for failure in app({"Records": list(records)}, None)["batchItemFailures"]]


def test_every_event_is_handled(cloud: Cloud):
    assert handed(record("evt_1"), record("evt_2", "not_2")) == []
    assert {row["id"] for row in cloud.rows("clinical", "record")} == {"not_1", "not_2"}


def test_a_bad_one_goes_back_alone(cloud: Cloud, journal: Journal):
    assert handed(record("evt_1"), record("evt_2", "not_bad"), record("evt_3", "not_3")) == ["m-evt_2"]
    assert {row["id"] for row in cloud.rows("clinical", "record")} == {"not_1", "not_3"}
    (failure,) = [line for line in journal.lines if line["level"] == "ERROR"]
    assert (failure["event_id"], failure["error"]) == ("evt_2", "ValueError")
    assert "chest" not in journal.text
    assert cloud.counted("event_failed", function="on_note_written_file_it") == 1


@pytest.mark.parametrize(
    "body", ["", "no json", "[]", "null", "{}", '{"detail": {}}', '{"detail": null}', '{"detail": {"id": "evt_1"}}']
)
def test_what_is_no_event_goes_back_alone(cloud: Cloud, body: str):
    broken = {"messageId": "m-broken", "body": body}
    assert handed(record("evt_1"), broken, record("evt_2", "not_2")) == ["m-broken"]
    assert {row["id"] for row in cloud.rows("clinical", "record")} == {"not_1", "not_2"}


def test_an_event_that_comes_again_changes_nothing_and_does_not_go_back(cloud: Cloud):
    assert handed(record("evt_1")) == []
    before = cloud.rows("clinical")
    assert handed(record("evt_1"), record("evt_1", message_id="m-again")) == []
    assert cloud.rows("clinical") == before


def test_the_function_acts_under_its_own_name_because_of_the_event(cloud: Cloud):
    handed(record("evt_1"))
    (line,) = cloud.rows("clinical", "audit")
    assert (line["by"], line["request_id"]) == ({"system": "on_note_written_file_it"}, "evt_1")


def test_that_it_was_handled_is_remembered_for_two_weeks(cloud: Cloud, time):
    handed(record("evt_1"))
    (row,) = cloud.rows("requests", "inbox")
    assert row["expires_on"] == int(time.now.timestamp()) + 14 * 86400


@pytest.mark.parametrize("why", [Unavailable(reason="busy"), ChangedMeanwhile()])
def test_what_is_busy_goes_back_to_the_queue_and_is_no_error(metrics, journal, why: Exception):
    """The queue brings it again; only what never succeeds ends among the dead letters, and they ring."""

    def busy(envelope, who):
        raise why

    body = json.dumps({"detail": {"id": "evt_1", "type": "visit.applied.v1"}})
    assert consumer(busy)({"Records": [{"messageId": "m-1", "body": body}]}, None) == {
        "batchItemFailures": [{"itemIdentifier": "m-1"}]
    }
    assert '"level":"WARNING"' in journal.text
    assert '"level":"ERROR"' not in journal.text
