"""Work: all of it commits or nothing, and each write's failure has its own name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from hospital import work as work_module
from hospital.errors import AlreadyDone, ChangedMeanwhile, Conflict, NotFound
from hospital.idempotency import KeyReused
from hospital.table import Collection
from hospital.work import Work, decided_again
from tests.builders.cloud import Cloud, together
from tests.builders.moments import START
from tests.builders.notes import (
    Note,
    NoteRead,
    NoteView,
    NoteWritten,
    doctor,
    elsewhere,
    note_key,
    notes,
    unaudited,
)

pytestmark = pytest.mark.store


class NoteTaken(Conflict):
    """Some write failed; `by` says which."""

    code = "note.taken"


def taken(by: str) -> NoteTaken:
    return NoteTaken(by=by)


def stored(note_id: str = "not_1", **fields: object) -> Note:
    with Work(by=doctor(), doing="test.write") as work:
        return work.add(notes, Note(id=note_id, **fields))


def ids_in(cloud: Cloud) -> set[str]:
    return {row["id"] for row in cloud.rows("clinical", "record")}


# -- all or nothing -----------------------------------------------------------------------------------------------


def test_everything_commits_together_over_tables(cloud):
    with Work(by=doctor(), doing="test.write") as work:
        work.add(notes, Note(id="not_1"))
        work.add(elsewhere, Note(id="not_2"))
        assert cloud.rows("clinical", "record") == [], "nothing is written before the block ends"
    assert ids_in(cloud) == {"not_1"}
    assert [row["id"] for row in cloud.rows("people", "record")] == ["not_2"]


def test_one_failed_write_undoes_all_others(cloud):
    stored("not_2")
    before = {name: cloud.rows(name) for name in ("clinical", "people", "requests")}
    with pytest.raises(NoteTaken), Work(by=doctor("key-00001"), doing="test.write", once="evt_1") as work:
        work.answer(NoteView(id="not_1", text=""))
        work.emit(NoteWritten(subject="not_1", sequence=work.add(notes, Note(id="not_1")).version))
        work.add(elsewhere, Note(id="not_9"))
        work.add(notes, Note(id="not_2"), otherwise=taken("second"))
    after = {name: cloud.rows(name) for name in before}
    keys = {row["pk"] for row in after["requests"]} - {row["pk"] for row in before["requests"]}
    assert all(key.startswith("DATAKEY") for key in keys), "only the key that seals answers may be new"
    assert (after["clinical"], after["people"]) == (before["clinical"], before["people"])


def test_an_error_in_the_block_writes_nothing(cloud):
    with pytest.raises(ZeroDivisionError), Work(by=doctor(), doing="test.write") as work:
        work.add(notes, Note(id="not_1"))
        _ = 1 / 0
    assert cloud.rows("clinical") == []


def test_a_work_without_writes_is_no_transaction(cloud):
    with Work(by=doctor()):
        pass
    assert cloud.rows("clinical") == []


# -- each write's failure -----------------------------------------------------------------------------------------


def test_a_record_that_is_there_already(cloud):
    stored()
    with pytest.raises(ChangedMeanwhile), Work(by=doctor(), doing="test.write") as work:
        work.add(notes, Note(id="not_1"))


def test_a_record_that_was_changed_meanwhile(cloud):
    read = stored()
    with Work(by=doctor(), doing="test.write") as work:
        changed = work.change(notes, read, read.having(text="first"))
    assert changed.version == 2
    with pytest.raises(NoteTaken), Work(by=doctor(), doing="test.write") as work:
        work.change(notes, read, read.having(text="second"), otherwise=taken("change"))
    assert notes.need(note_key("not_1")).text == "first"


def test_a_change_of_what_was_never_stored(cloud):
    with pytest.raises(ChangedMeanwhile), Work(by=doctor(), doing="test.write") as work:
        work.change(notes, Note(id="not_1", version=1), Note(id="not_1"))


def test_a_change_under_a_condition_of_its_own(cloud):
    read = stored(number=1)
    with Work(by=doctor(), doing="test.write") as work:
        work.change(notes, read, read.having(text="x"), when=notes["number"] == 1)
    again = notes.need(note_key("not_1"))
    with pytest.raises(NoteTaken), Work(by=doctor(), doing="test.write") as work:
        work.change(notes, again, again.having(text="y"), when=notes["number"] == 2, otherwise=taken("condition"))


def test_a_removal(cloud):
    read = stored()
    with pytest.raises(ChangedMeanwhile), Work(by=doctor(), doing="test.remove") as work:
        work.remove(notes, read.having(version=7))
    with pytest.raises(NoteTaken), Work(by=doctor(), doing="test.remove") as work:
        work.remove(notes, read, when=notes["number"] == 5, otherwise=taken("remove"))
    with Work(by=doctor(), doing="test.remove") as work:
        work.remove(notes, read)
    assert notes.get(note_key("not_1")) is None


def test_an_update_in_place_keeps_the_version(cloud):
    stored(number=1)
    more, why = [notes["number"].add(5)], "a counter"
    with Work(by=doctor()) as work:
        work.update(notes, note_key("not_1"), more, when=notes["number"] < 5, otherwise=taken("u"), unaudited=why)
    read = notes.need(note_key("not_1"))
    assert (read.number, read.version) == (6, 1)
    with pytest.raises(NoteTaken), Work(by=doctor()) as work:
        work.update(notes, note_key("not_1"), more, when=notes["number"] < 5, otherwise=taken("u"), unaudited=why)
    with pytest.raises(RuntimeError, match="say why"), Work(by=doctor()) as work:
        work.update(notes, note_key("not_1"), more, when=notes["number"] > 5, otherwise=taken("u"))


def test_a_check_of_what_is_not_changed(cloud):
    stored(number=1)
    with Work(by=doctor(), doing="test.write") as work:
        work.check(notes, note_key("not_1"), notes["number"] == 1, otherwise=NotFound())
        work.add(notes, Note(id="not_2"))
    with pytest.raises(NotFound), Work(by=doctor(), doing="test.write") as work:
        work.check(notes, note_key("not_1"), notes["number"] == 2, otherwise=NotFound())
        work.add(notes, Note(id="not_3"))
    assert ids_in(cloud) == {"not_1", "not_2"}


@pytest.mark.parametrize("broken", ["check", "remove", "add", "change", "update"])
@pytest.mark.parametrize("order", [1, -1])
def test_the_reason_goes_to_the_write_that_failed_whatever_stands_around_it(cloud, broken, order):
    """DynamoDB sends checks, deletes, puts, updates in that order, and answers reasons in it."""
    there = {name: stored(f"not_{name}", number=1) for name in ("check", "remove", "change", "update")}
    if broken == "add":
        stored("not_add")
    number = {name: 9 if name == broken else 1 for name in there}

    def write(work: Work, name: str) -> None:
        key, when = note_key(f"not_{name}"), notes["number"] == number.get(name, 1)
        if name == "check":
            work.check(notes, key, when, otherwise=taken(name))
        elif name == "remove":
            work.remove(notes, there[name], when=when, otherwise=taken(name))
        elif name == "add":
            work.add(notes, Note(id="not_add"), otherwise=taken(name))
        elif name == "change":
            work.change(notes, there[name], there[name].having(text="x"), when=when, otherwise=taken(name))
        else:
            work.update(notes, key, [notes["number"].add(1)], when=when, otherwise=taken(name), unaudited="a counter")

    with pytest.raises(NoteTaken) as refusal, Work(by=doctor(), doing="test.write") as work:
        for name in ["update", "add", "check", "change", "remove"][::order]:
            write(work, name)
    assert refusal.value.facts == {"by": broken}


def test_of_two_failures_the_first_that_was_sent_speaks(cloud):
    stored("not_1")
    stored("not_2", number=1)
    with pytest.raises(NoteTaken) as refusal, Work(by=doctor(), doing="test.write") as work:
        work.add(notes, Note(id="not_1"), otherwise=taken("put"))
        work.check(notes, note_key("not_2"), notes["number"] == 2, otherwise=taken("check"))
    assert refusal.value.facts == {"by": "check"}


# -- once, and under a key ----------------------------------------------------------------------------------------


def consume(event_id: str, note_id: str = "not_1") -> None:
    with Work(by=doctor(), doing="test.write", once=event_id) as work:
        work.add(notes, Note(id=note_id), otherwise=taken("add"))


def test_the_same_event_is_answered_once(cloud):
    consume("evt_1")
    with pytest.raises(AlreadyDone):
        consume("evt_1")
    with pytest.raises(AlreadyDone):
        consume("evt_1", "not_2")
    assert ids_in(cloud) == {"not_1"}


def test_another_event_or_another_consumer_is_not_the_same(cloud):
    consume("evt_1")
    consume("evt_2", "not_2")
    with Work(by=doctor(person_id="per_other"), doing="test.write", once="evt_1") as work:
        work.add(notes, Note(id="not_3"))
    assert ids_in(cloud) == {"not_1", "not_2", "not_3"}


def test_a_key_used_for_something_else_explains_every_other_failure(cloud):
    with Work(by=doctor("key-00001", body="a"), doing="test.write") as work:
        work.answer(NoteView(id="not_1", text="")), work.add(notes, Note(id="not_1"))
    with pytest.raises(KeyReused), Work(by=doctor("key-00001", body="b"), doing="test.write") as work:
        work.answer(NoteView(id="not_1", text="")), work.add(notes, Note(id="not_1"), otherwise=taken("add"))


def test_an_answer_is_owed_under_a_key(cloud):
    with pytest.raises(RuntimeError, match="POST /notes"), Work(by=doctor("key-00001"), doing="test.write") as work:
        work.add(notes, Note(id="not_1"))
    assert ids_in(cloud) == set()


# -- what is written beside the state -----------------------------------------------------------------------------


def test_events_and_audit_lines_stand_in_the_records_own_partition(cloud):
    with Work(by=doctor()) as work:
        note = work.add(notes, Note(id="not_1"))
        work.emit(NoteWritten(subject=note.id, sequence=note.version))
        work.emit(NoteRead(subject=note.id, sequence=note.version))
    with Work(by=doctor()) as work:
        changed = work.change(notes, note, note.having(text="x", number=2))
        work.emit(NoteWritten(subject=note.id, sequence=changed.version))
    rows = {row["sk"]: row for row in cloud.rows("clinical") if row["pk"] == "NOTE#not_1"}
    assert set(rows) == {
        "NOTE",
        "EVENT#0000000001#NOTE#0",
        "EVENT#0000000001#NOTE#1",
        "EVENT#0000000002#NOTE#0",
        "AUDIT#NOTE#0000000001",
        "AUDIT#NOTE#0000000002",
    }
    assert rows["AUDIT#NOTE#0000000001"]["acts"] == ["note.written.v1", "note.read.v1"]
    assert rows["AUDIT#NOTE#0000000002"]["fields"] == ["number", "text"]


def test_an_event_row_holds_the_envelope_for_a_week(cloud):
    with Work(by=doctor()) as work:
        note = work.add(notes, Note(id="not_1"))
        work.emit(NoteWritten(subject=note.id, sequence=note.version))
    (row,) = cloud.rows("clinical", "event")
    assert (row["source"], row["type"]) == ("hospital.notes", "note.written.v1")
    assert row["expires_on"] == int((START + timedelta(days=7)).timestamp())
    envelope = json.loads(row["envelope"])
    assert envelope.pop("id").startswith("evt_")
    assert envelope == {
        "specversion": "1.0",
        "type": "note.written.v1",
        "source": "hospital.notes",
        "subject": "not_1",
        "time": "2026-11-21T06:30:00.000Z",
        "sequence": "0000000001",
        "datacontenttype": "application/json",
        "trace": "req-1",
        "actor": {"person_id": "per_doctor", "role": "doctor", "organisation_id": "org_1"},
        "data": {"subject": "not_1", "sequence": 1},
    }


def test_a_change_that_nothing_names_is_refused(cloud):
    with pytest.raises(RuntimeError, match="not_1"), Work(by=doctor()) as work:
        work.add(notes, Note(id="not_1"))
    assert cloud.rows("clinical") == []


def test_a_record_that_is_no_state_needs_no_audit_line(cloud):
    with Work(by=doctor()) as work:
        work.add(unaudited, Note(id="not_1"))
    assert cloud.rows("clinical", "audit") == []


def test_an_event_about_what_was_not_written_is_refused(cloud):
    note = stored()
    with pytest.raises(RuntimeError, match=r"note\.written\.v1"), Work(by=doctor()) as work:
        work.emit(NoteWritten(subject=note.id, sequence=note.version))
    with pytest.raises(RuntimeError), Work(by=doctor(), doing="test.write") as work:
        work.change(notes, note, note.having(text="x"))
        work.emit(NoteWritten(subject=note.id, sequence=1))
    with pytest.raises(RuntimeError), Work(by=doctor()) as work:
        work.due(START, NoteRead(subject=note.id, sequence=note.version))


@pytest.mark.parametrize("name", ["requests", "connections"])
def test_an_event_where_nobody_listens_cannot_be_written(cloud, name):
    deaf = Collection(Note, name, key=notes.key)
    with pytest.raises(RuntimeError, match=name), Work(by=doctor()) as work:
        note = work.add(deaf, Note(id="not_1"))
        work.emit(NoteWritten(subject=note.id, sequence=note.version))


def test_a_due_row_waits_in_the_records_table_and_does_not_expire(cloud):
    with Work(by=doctor(), doing="test.write") as work:
        note = work.add(notes, Note(id="not_1"))
        work.due(START + timedelta(hours=1), NoteRead(subject=note.id, sequence=note.version))
    (row,) = cloud.rows("clinical", "due")
    assert row["pk"] in {f"DUE#{shard}" for shard in range(4)}
    assert row["sk"] == "2026-11-21T07:30:00.000Z#note.read.v1#not_1"
    assert "expires_on" not in row
    assert json.loads(row["envelope"])["data"] == {"subject": "not_1", "sequence": 1}
    assert cloud.rows("clinical", "event") == []


# -- many at once -------------------------------------------------------------------------------------------------


def test_what_means_the_same_whatever_came_between_is_decided_again(cloud):
    stored()

    def add(number: int) -> None:
        def decide() -> Note:
            read = notes.need(note_key("not_1"))
            with Work(by=doctor(), doing="test.write") as work:
                return work.change(notes, read, read.having(number=read.number + number))

        decided_again(decide)

    assert together(4, add) == [None] * 4
    read = notes.need(note_key("not_1"))
    assert (read.number, read.version) == (0 + 1 + 2 + 3, 5)


def test_deciding_again_comes_to_an_end(cloud, monkeypatch: pytest.MonkeyPatch):
    tries = []
    monkeypatch.setattr(work_module.time, "sleep", lambda seconds: None)

    def decide() -> None:
        tries.append(1)
        raise ChangedMeanwhile

    with pytest.raises(ChangedMeanwhile):
        decided_again(decide)
    assert 3 <= len(tries) <= 10


def test_of_many_who_change_the_same_record_one_wins(cloud):
    read = stored()

    def change(number: int) -> int:
        with Work(by=doctor(), doing="test.write") as work:
            work.change(notes, read, read.having(number=number), otherwise=taken("race"))
        return number

    answers = together(8, change)
    winners = [answer for answer in answers if isinstance(answer, int)]
    assert len(winners) == 1
    assert [type(answer) for answer in answers].count(NoteTaken) == 7
    assert notes.need(note_key("not_1")).number == winners[0]
    assert len(cloud.rows("clinical", "audit")) == 2
