"""One step of an import."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from hospital import clock
from hospital.caller import Caller
from hospital.dictionaries import keys
from hospital.dictionaries.declared import DICTIONARIES, Described, Dictionary
from hospital.dictionaries.errors import EntryCodeTaken
from hospital.dictionaries.events import DictionaryChanged, DictionaryImportDue
from hospital.dictionaries.importing import batches, file_of, imports, piece_id, wrongs
from hospital.dictionaries.imports import BATCH, BadLine, Batch, Import, Line, Wrong
from hospital.dictionaries.model import Entry
from hospital.dictionaries.opening import open_table
from hospital.dictionaries.reading import FileRefused, content_of, read_lines
from hospital.dictionaries.sheets import NotATable
from hospital.dictionaries.store import add_entry, change_entry, find_codes
from hospital.errors import Conflict
from hospital.work import Work

Outcome = Literal["created", "changed", "unchanged", "wrong"]


def on_dictionary_import_due_step(envelope: dict[str, Any], by: Caller) -> None:
    """The step that is due, if it was not done before."""
    told = DictionaryImportDue.told(envelope)
    running = imports.need(keys.import_key(told.subject))
    if running.version != told.sequence:
        return  # it came again
    if running.state == "reading":
        _read(running, by)
    elif running.state == "writing":
        _write(running, by)


def _read(running: Import, by: Caller) -> None:
    """The whole file at once, into batches: a table of 50,000 lines takes seconds."""
    now = clock.now()
    file = b"".join(base64.b64decode(piece.content) for piece in file_of(running))
    try:
        table = open_table(file)
        lines, ignored = read_lines(DICTIONARIES[running.dictionary], table.rows)
    except (NotATable, FileRefused) as refused:
        with Work(by=by, doing="dictionary.import_refuse") as work:
            work.change(imports, running, running.refuse(_refusal_of(refused), now))
        return
    count = 0
    for count, part in enumerate(_batched(lines), 1):
        batch = Batch(id=piece_id(running.id, count - 1), version=1, lines=part, until=running.until)
        batches.table.put(batches.key(batch), batches.to_item(batch))
    left_out = {"ignored_columns": ignored, "sheet": table.sheet, "other_sheets": table.other_sheets[:20]}
    _go_on(running, running.write(len(lines), count, left_out, now), (), by)


def _write(running: Import, by: Caller) -> None:
    """One batch of lines; each entry is a change of its own, as if somebody had typed it."""
    batch = batches.need(keys.piece_key(running.id, "LINES", running.step))
    dictionary = DICTIONARIES[running.dictionary]
    read = [(line, *content_of(dictionary, line)) for line in batch.lines]
    codes = [content.code for _, content, _ in read if content is not None]
    held = find_codes(dictionary, running.organisation_id, codes) if codes else {}
    outcomes: Counter[Outcome] = Counter()
    bad: list[BadLine] = []
    for line, content, wrong in read:
        if content is None:
            outcomes["wrong"] += 1
            bad += wrong
            continue
        try:
            outcomes[_take_in(running, dictionary, held.get(content.code), content, by)] += 1
        except Conflict as refused:
            outcomes["wrong"] += 1
            bad.append(_conflict(dictionary, line, refused))
    counts = {outcome: outcomes[outcome] for outcome in ("created", "changed", "unchanged", "wrong")}
    _go_on(running, running.proceed(**counts, now=clock.now()), tuple(bad), by)


def _conflict(dictionary: Dictionary, line: Line, refused: Conflict) -> BadLine:
    """Another entry has its HIS code, or somebody wrote one of its code between our reading and our writing."""
    if isinstance(refused, EntryCodeTaken) and refused.facts["field"] == "his_code":
        title = next(title for title, field in dictionary.columns.items() if field == "his_code")
        return BadLine(line=line.number, column=title, problem="his_code_taken")
    return BadLine(line=line.number, problem="changed_meanwhile")


def _take_in(running: Import, dictionary: Dictionary, held: Entry | None, content: Described, by: Caller) -> Outcome:
    """What the line says is so from here on. What an import wrote before it broke off counts as what it was."""
    now = clock.now()
    if held is None:
        entry = Entry.create(dictionary, running.organisation_id, content, now, running.id)
        with Work(by=by) as work:
            work.emit(DictionaryChanged.of(add_entry(work, dictionary, entry), "created"))
        return "created"
    if held.content == content.model_dump(mode="json"):
        if held.import_id != running.id:
            return "unchanged"
        return "created" if held.version == 1 else "changed"
    with Work(by=by) as work:
        after = held.written(dictionary, content, now, running.id)
        work.emit(DictionaryChanged.of(change_entry(work, dictionary, held, after), "changed"))
    return "changed"


def _go_on(running: Import, after: Import, bad: tuple[BadLine, ...], by: Caller) -> None:
    """The step is done, and the next one due."""
    with Work(by=by, doing="dictionary.import_end") as work:
        stored = work.change(imports, running, after)
        if bad:
            work.add(wrongs, Wrong(id=piece_id(running.id, running.step), lines=bad, until=running.until))
        if stored.state == "writing":
            work.emit(DictionaryImportDue.of(stored))


def _batched(lines: list[Line]) -> Iterator[tuple[Line, ...]]:
    for start in range(0, len(lines), BATCH):
        yield tuple(lines[start : start + BATCH])


def _refusal_of(refused: NotATable | FileRefused) -> Any:
    return refused.reason if isinstance(refused, NotATable) else refused.refusal
