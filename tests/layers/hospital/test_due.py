"""The due-list: what is due is reported, late or twice, but never not at all."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from hospital import due
from hospital.due import due_key, sweep
from hospital.work import Work
from house.sweep_due.app import app as sweep_due
from tests.builders.bus import Bus
from tests.builders.cloud import Cloud, client
from tests.builders.delivery import Delivery
from tests.builders.moments import START, Time
from tests.builders.notes import Note, NoteRead, doctor, elsewhere, notes

pytestmark = pytest.mark.store

HOUR = timedelta(hours=1)


def wait_for(*hours: float, collection=notes) -> None:
    for start in range(0, len(hours), 30):
        with Work(by=doctor(), doing="test.write") as work:
            for number, hour in enumerate(hours[start : start + 30], start):
                note = work.add(collection, Note(id=f"not_{number}"))
                work.due(START + hour * HOUR, NoteRead(subject=note.id, sequence=note.version))


def subjects(deliver: Delivery) -> list[str]:
    """Whom the events on the bus were about, in order."""
    return [json.loads(message["Body"])["detail"]["subject"] for message in waiting(deliver)]


def waiting(deliver: Delivery) -> list[dict]:
    found = []
    while messages := client("sqs").receive_message(QueueUrl=deliver._queue, MaxNumberOfMessages=10).get("Messages"):
        found += messages
    return found


def test_nothing_is_due(cloud, deliver):
    assert sweep(START) == 0
    wait_for(1)
    assert sweep(START + HOUR - timedelta(milliseconds=1)) == 0
    assert subjects(deliver) == []


def test_what_is_due_is_reported_once_and_its_row_is_gone(cloud: Cloud, deliver: Delivery, time: Time):
    wait_for(1, 2, 3)
    time.passes(hours=2)
    assert sweep_due({}, None) == {"reported": 2}
    assert sweep_due({}, None) == {"reported": 0}
    assert sorted(subjects(deliver)) == ["not_0", "not_1"]
    assert [row["sk"].split("#")[-1] for row in cloud.rows("clinical", "due")] == ["not_2"]


def test_it_is_due_at_its_very_millisecond(cloud, deliver):
    wait_for(1)
    assert sweep(START + HOUR) == 1


def test_a_late_sweep_finds_everything_that_waited(cloud, deliver, time: Time):
    wait_for(*[number / 10 for number in range(150)])
    time.passes(days=9)
    assert sweep(time.now) == 150
    assert sorted(subjects(deliver)) == sorted(f"not_{number}" for number in range(150))


def test_more_than_a_round_in_one_shard(cloud: Cloud, deliver: Delivery, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(due, "_PER_ROUND", 3)
    wait_for(*[number / 10 for number in range(40)])
    assert sweep(START + 9 * HOUR) == 40
    assert cloud.rows("clinical", "due") == []


def test_within_a_shard_the_earliest_comes_first(cloud, deliver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(due, "SHARDS", 1)
    wait_for(3, 1, 2)
    sweep(START + 9 * HOUR)
    assert subjects(deliver) == ["not_1", "not_2", "not_0"]


@pytest.mark.parametrize("name", due.SWEPT)
def test_every_table_that_has_subjects_is_swept(cloud, deliver, name):
    note = Note(id="not_1")
    with Work(by=doctor(), doing="test.write") as work:
        collection = {"clinical": notes, "people": elsewhere}.get(name) or _of(name)
        stored = work.add(collection, note)
        work.due(START, NoteRead(subject=stored.id, sequence=stored.version))
    assert sweep(START) == 1


def _of(name: str):
    return type(notes)(Note, name, key=notes.key)


@pytest.mark.parametrize("name", ["reference", "requests", "connections"])
def test_a_due_row_where_nobody_sweeps_cannot_be_written(cloud: Cloud, name):
    with pytest.raises(RuntimeError, match=name), Work(by=doctor(), doing="test.write") as work:
        stored = work.add(_of(name), Note(id="not_1"))
        work.due(START, NoteRead(subject=stored.id, sequence=stored.version))
    assert cloud.rows(name) == []


def test_what_the_bus_did_not_take_stays(cloud: Cloud, bus: Bus, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(due, "SHARDS", 1)
    wait_for(1, 2, 3)
    rows = sorted(cloud.rows("clinical", "due"), key=lambda row: row["sk"])
    bus.refused = {rows[1]["envelope"]}
    assert sweep(START + 9 * HOUR) == 1
    assert [row["sk"] for row in sorted(cloud.rows("clinical", "due"), key=lambda row: row["sk"])] == [
        row["sk"] for row in rows[1:]
    ]
    bus.refused = set()
    assert sweep(START + 9 * HOUR) == 2


def test_reported_twice_it_is_the_same_event(cloud: Cloud, bus: Bus):
    """A sweep that dies between bus and table: the row is reported again, and consumers know its id."""
    wait_for(1)
    (row,) = [item for item in cloud.items("clinical") if item.get("row") == {"S": "due"}]
    sweep(START + HOUR)
    client("dynamodb").put_item(TableName="test-clinical", Item=row)
    sweep(START + HOUR)
    first, second = (json.loads(call[0]["Detail"]) for call in bus.calls)
    assert first["id"] == second["id"]


def test_subjects_spread_over_the_shards():
    shards = {due_key(START, "note.read.v1", f"not_{number}").pk for number in range(50)}
    assert shards == {f"DUE#{shard}" for shard in range(due.SHARDS)}
    assert due_key(START, "a.b.v1", "not_1").pk == due_key(START + HOUR, "c.d.v1", "not_1").pk
