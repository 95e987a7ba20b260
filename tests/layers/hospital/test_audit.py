"""Audit lines: one for every change of an audited record, its removal too."""

from __future__ import annotations

import pytest

from hospital.audit import OwnLine
from hospital.errors import ChangedMeanwhile
from hospital.table import Collection
from hospital.work import Work, last_line
from tests.builders.moments import START
from tests.builders.notes import Note, doctor, note_key, notes, unaudited

pytestmark = pytest.mark.store


def test_what_was_removed_leaves_a_line_and_its_place_goes_on_counting(cloud):
    with Work(by=doctor(), doing="test.write") as work:
        read = work.add(notes, Note(id="not_1"))
    with pytest.raises(RuntimeError, match="neither event nor `doing`"), Work(by=doctor()) as work:
        work.remove(notes, read)
    with Work(by=doctor(), doing="test.remove") as work:
        work.remove(notes, read)
    with pytest.raises(ChangedMeanwhile), Work(by=doctor(), doing="test.write") as work:
        work.add(notes, Note(id="not_1"))
    after = last_line(notes, note_key("not_1"))
    with Work(by=doctor(), doing="test.write") as work:
        again = work.add(notes, Note(id="not_1"), after=after)
    assert (after, again.version, last_line(notes, note_key("not_9"))) == (2, 3, 0)
    lines = sorted((row["line_number"], row["acts"], row.get("removed")) for row in cloud.rows("clinical", "audit"))
    assert lines == [(1, ["test.write"], None), (2, ["test.remove"], True), (3, ["test.write"], None)]


def test_an_unaudited_record_goes_without_a_word(cloud):
    with Work(by=doctor()) as work:
        scrap = work.add(unaudited, Note(id="not_1"))
    with Work(by=doctor()) as work:
        work.remove(unaudited, scrap, when=unaudited["number"] == 0)
    assert cloud.rows("clinical") == []


def test_lines_of_a_log_are_written_once(cloud):
    log = Collection(
        Note, "clinical", key=lambda note: note_key(note.id), own_line=lambda note: OwnLine(note_key(note.id), 1, START)
    )
    with Work(by=doctor()) as work:
        line = work.add(log, Note(id="not_1"))
    for write in (
        lambda work: work.change(log, line, line.having(text="other")),
        lambda work: work.remove(log, line),
        lambda work: work.update(log, note_key("not_1"), [], when=log["number"] == 0, otherwise=AssertionError()),
    ):
        with pytest.raises(RuntimeError, match="written once"), Work(by=doctor(), doing="test.write") as work:
            write(work)
    marks = {name: value for name, value in cloud.rows("clinical")[0].items() if name.startswith("line_")}
    assert marks == {
        "line_subject": "clinical:NOTE#not_1/NOTE",
        "line_number": 1,
        "line_at": "2026-11-21T06:30:00.000Z",
        "line_chain": "org_platform",
    }


def test_an_audit_line_says_who_did_what_from_where_but_no_values(cloud):
    with Work(by=doctor(), doing="note.file") as work:
        work.add(notes, Note(id="not_1", text="words of a patient", secret="more words"))
    (line,) = cloud.rows("clinical", "audit")
    assert "words" not in str({name: value for name, value in line.items() if name != "fields"})
    expected = {
        "at": "2026-11-21T06:30:00.000Z",
        "by": {
            "person_id": "per_doctor",
            "role": "doctor",
            "organisation_id": "org_1",
            "practitioner_role_id": "prr_1",
        },
        "line_subject": "clinical:NOTE#not_1/NOTE",
        "line_number": 1,
        "line_chain": "org_1",
        "acts": ["note.file"],
        "kind": "Note",
        "record": "not_1",
        "record_version": 1,
        "organisation_id": "org_1",
        "fields": ["id", "secret", "text"],
        "route": "POST /notes",
        "request_id": "req-1",
        "ip": "203.0.113.7",
        "device": "a phone",
    }
    assert expected.items() <= line.items()
