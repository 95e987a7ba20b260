"""Collections: records come back from the table as they went in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hospital.errors import NotFound
from hospital.records import Key, Record
from hospital.table import Collection
from hospital.visits.store import visits
from hospital.work import Work
from tests.builders.moments import START
from tests.builders.notes import Note, doctor, note_key, notes, unaudited
from tests.builders.people import Clinic
from tests.builders.visits import a_visit

pytestmark = pytest.mark.store


def stored(*records: Note) -> list[Note]:
    with Work(by=doctor(), doing="test.write") as work:
        return [work.add(notes, record) for record in records]


def test_a_record_comes_back_as_it_was_stored(cloud):
    note = Note(
        id="not_1",
        text="",
        secret="过敏：青霉素 😷",
        number=10**15,
        until=datetime(2027, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
    )
    (written,) = stored(note)
    assert notes.get(note_key("not_1")) == written == note.having(version=1)


def test_a_visit_comes_back_as_it_was_stored(cloud):
    visit = a_visit()
    with Work(by=doctor(), doing="test.write") as work:
        written = work.add(visits, visit)
    assert visits.need(visits.key(visit)) == written


@pytest.mark.parametrize("field", ["pk", "sk", "row", "kind", "expires_on", "list1pk", "list3sk"])
def test_a_record_cannot_have_a_field_that_its_item_keeps_for_itself(field):
    hiding = type("Hiding", (Record,), {"__annotations__": {field: str}})
    with pytest.raises(TypeError, match=field):
        Collection(hiding, "clinical", key=lambda record: Key(record.id, "X"))


def test_what_is_sealed_cannot_be_read_in_the_table(cloud):
    stored(Note(id="not_1", text="plain", secret="hidden words"))
    (item,) = cloud.rows("clinical", "record")
    assert "plain" in str(item)
    assert "hidden words" not in str(item)
    assert item["secret"].startswith("AES-256-GCM:2026-11:")


def test_a_sealed_field_that_is_empty_stays_empty(cloud):
    stored(Note(id="not_1", secret=None))
    assert notes.need(note_key("not_1")).secret is None
    assert "secret" not in cloud.rows("clinical", "record")[0]


def test_a_record_that_is_not_there(cloud):
    class NoteGone(NotFound):
        code = "note.gone"

    assert notes.get(note_key("not_1")) is None
    with pytest.raises(NotFound):
        notes.need(note_key("not_1"))
    with pytest.raises(NoteGone):
        notes.need(note_key("not_1"), NoteGone())


def test_fields_that_were_added_later_are_ignored_by_older_code(cloud):
    stored(Note(id="not_1", text="old"))
    item = notes.table.read(note_key("not_1"))
    notes.table.put(note_key("not_1"), item | {"added_later": {"S": "x"}})
    assert notes.need(note_key("not_1")).text == "old"


def test_many_at_once_come_in_the_order_asked_for_without_the_missing(cloud):
    stored(*(Note(id=f"not_{number}") for number in range(5)))
    keys = [note_key(f"not_{number}") for number in (3, 9, 0, 3, 4)]
    assert [note.id for note in notes.get_all(keys)] == ["not_3", "not_0", "not_4"]


def test_none_at_once(cloud):
    assert notes.get_all([]) == []


def test_a_field_for_conditions_must_exist():
    with pytest.raises(KeyError):
        notes["texts"]


def test_expiry_is_whole_seconds_rounded_up(cloud):
    stored(Note(id="not_1", until=START + timedelta(milliseconds=1)), Note(id="not_2"))
    by_id = {row["id"]: row for row in cloud.rows("clinical", "record")}
    assert by_id["not_1"]["expires_on"] == int(START.timestamp()) + 1
    assert "expires_on" not in by_id["not_2"]


def test_a_record_that_leaves_a_list_leaves_its_index(cloud, clinic: Clinic):
    visit = a_visit()
    with Work(by=doctor(), doing="test.write") as work:
        waiting = work.add(visits, visit)
    assert [one.id for one in visits.page("queue", "QUEUE#prr_1").items] == [visit.id]
    with Work(by=doctor(), doing="test.write") as work:
        work.change(visits, waiting, waiting.accept(START))
    assert visits.page("queue", "QUEUE#prr_1").items == []
    assert len(visits.page("of_doctor", "DOCTOR#prr_1").items) == 1


def test_put_and_update_outside_a_work_say_when_their_condition_fails(cloud):
    key = unaudited.key(Note(id="not_1"))
    item = unaudited.to_item(Note(id="not_1", number=1))
    assert unaudited.table.put(key, item, when=unaudited["id"].does_not_exist())
    assert not unaudited.table.put(key, item, when=unaudited["id"].does_not_exist())
    changed = unaudited.table.update(key, [unaudited["number"].set(2)], when=unaudited["number"] == 1)
    assert changed is not None and unaudited.from_item(changed).number == 2
    assert unaudited.table.update(key, [unaudited["number"].set(3)], when=unaudited["number"] == 1) is None
    unaudited.table.remove(key)
    unaudited.table.remove(key)
    assert unaudited.get(key) is None


def test_how_many_stand_before(cloud):
    stored(*(Note(id=f"not_{number}", number=number) for number in range(7)))
    assert notes.count_before("of_owner", "NOTES#per_owner", "000004") == 4
    assert notes.count_before("of_owner", "NOTES#per_owner", "000004", at_most=3) == 3
    assert notes.count_before("of_owner", "NOTES#per_other", "000004") == 0
    assert notes.count_before("of_owner", "NOTES#per_owner", "000004", where=notes["number"] > 1) == 2


def test_keys_that_dynamodb_left_for_later_are_asked_for_again(cloud, monkeypatch: pytest.MonkeyPatch):
    stored(*(Note(id=f"not_{number}") for number in range(4)))
    connection, asked = notes.table.connection, []
    read = connection.batch_get_item

    def half(table: str, keys: list[dict], **more: object) -> dict:
        asked.append(len(keys))
        answer = read(table, keys[:2], **more)
        left = [{name: {"S": value} for name, value in key.items()} for key in keys[2:]]
        return answer | ({"UnprocessedKeys": {table: {"Keys": left}}} if left else {})

    monkeypatch.setattr(connection, "batch_get_item", half)
    found = notes.get_all([note_key(f"not_{number}") for number in range(4)])
    assert [note.id for note in found] == ["not_0", "not_1", "not_2", "not_3"]
    assert asked == [4, 2]
