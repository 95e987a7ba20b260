"""Asking for an import, sending its file, starting and following it."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.dictionaries import keys
from hospital.dictionaries.declared import DICTIONARIES
from hospital.dictionaries.errors import FileTooLarge, PartBroken, PartsMissing
from hospital.dictionaries.events import DictionaryImportDue
from hospital.dictionaries.importing import file_of, get_import, imports, parts, piece_id, wrongs
from hospital.dictionaries.imports import MOST_PARTS, PART_BYTES, BadLine, Import, Piece, Refusal, State
from hospital.paging import Page, Paging, decode_cursor, encode_cursor
from hospital.work import Work


class ImportView(BaseModel):
    """How far an import is, and what became of its lines."""

    id: str
    filename: str
    parts: int
    part_bytes: int = PART_BYTES
    state: State
    refusal: Refusal | None
    ignored_columns: list[str]
    sheet: str
    other_sheets: list[str]
    lines: int
    created: int
    changed: int
    unchanged: int
    wrong: int
    asked_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, one: Import) -> ImportView:
        """The view of an import."""
        return cls(**one.model_dump(include=set(cls.model_fields)))


def ask_for_import(name: str, filename: str, count: int, *, by: Caller, now: datetime) -> ImportView:
    """A new import, whose file is to come."""
    if count > MOST_PARTS:
        raise FileTooLarge(most_bytes=MOST_PARTS * PART_BYTES)
    asked = Import.ask(DICTIONARIES[name], by.organisation_id, by.person_id, filename, count, now)
    with Work(by=by, doing="dictionary.import_ask") as work:
        return work.answer(ImportView.of(work.add(imports, asked)))


def take_part(name: str, import_id: str, number: int, content: str, *, by: Caller) -> None:
    """A part of the file has come; once more, it takes the place of the earlier one."""
    running = get_import(DICTIONARIES[name], by.organisation_id, import_id).must_be("receiving")
    if not 1 <= number <= running.parts or not _is_part(content):
        raise PartBroken(number=number)
    piece = Piece(id=piece_id(import_id, number), version=1, content=content, until=running.until)
    parts.table.put(parts.key(piece), parts.to_item(piece))


def start_import(name: str, import_id: str, *, by: Caller) -> ImportView:
    """The whole file has come: it is read and written from here on."""
    asked = get_import(DICTIONARIES[name], by.organisation_id, import_id)
    started = asked.start()
    there = {parts.key(piece).sk for piece in file_of(asked)}
    wanted = range(1, asked.parts + 1)
    if missing := [number for number in wanted if keys.piece_key(import_id, "PART", number).sk not in there]:
        raise PartsMissing(parts=missing[:10])
    with Work(by=by) as work:
        stored = work.change(imports, asked, started)
        work.emit(DictionaryImportDue.of(stored))
        return work.answer(ImportView.of(stored))


def list_imports(name: str, paging: Paging, *, by: Caller) -> Page[ImportView]:
    """The imports of a dictionary, the newest first."""
    partition = keys.imports_key(DICTIONARIES[name].name, by.organisation_id)
    page = imports.page("all", partition, cursor=paging.cursor, limit=paging.limit, newest_first=True)
    return page.each(ImportView.of)


def view_import(name: str, import_id: str, *, by: Caller) -> ImportView:
    """How far it is."""
    return ImportView.of(get_import(DICTIONARIES[name], by.organisation_id, import_id))


def report_of(name: str, import_id: str, cursor: str | None, *, by: Caller) -> Page[BadLine]:
    """The bad lines in their order, those of some steps at a time."""
    running = get_import(DICTIONARIES[name], by.organisation_id, import_id)
    first, last = (keys.piece_key(running.id, "WRONG", number) for number in (0, 9999))
    start = f"{decode_cursor(cursor, 1)[0]}!" if cursor else first.sk
    found, all_of_them = wrongs.between(first.pk, start, last.sk, limit=4)
    after = None if all_of_them or not found else encode_cursor(wrongs.key(found[-1]).sk)
    return Page(items=[line for one in found for line in one.lines], cursor=after)


def _is_part(content: str) -> bool:
    try:
        return 0 < len(base64.b64decode(content, validate=True)) <= PART_BYTES
    except (binascii.Error, ValueError):
        return False
