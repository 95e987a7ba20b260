"""Reading and writing the entries of any dictionary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.dictionaries.declared import DICTIONARIES, Described, Dictionary
from hospital.dictionaries.events import DictionaryChanged
from hospital.dictionaries.model import EarlierEntry, Entry
from hospital.dictionaries.store import (
    add_entry,
    change_entry,
    get_entry,
    page_of_all,
    page_of_his_code,
    remove_entry,
    search,
    versions_of,
)
from hospital.http import parsed
from hospital.paging import Page, Paging
from hospital.work import Work

V = TypeVar("V", bound=BaseModel)


class EntryRow(BaseModel):
    """An entry in a list: what a list tells of it."""

    id: str
    version: int
    retired: bool
    shown: dict[str, Any]


def list_entries(
    name: str, paging: Paging, *, query: str | None, his_code: str | None, retired: bool, by: Caller
) -> Page[EntryRow]:
    """One page: of what a query finds, of what the HIS calls so, or of all by their codes; each is one read."""
    dictionary, owner = DICTIONARIES[name], by.organisation_id
    if query:
        page = search(dictionary, owner, query, retired=retired, cursor=paging.cursor, limit=paging.limit)
        return page.each(lambda row: EntryRow(**row.model_dump(include=set(EntryRow.model_fields))))
    if his_code:
        held = page_of_his_code(dictionary, owner, his_code, cursor=paging.cursor, limit=paging.limit)
    else:
        held = page_of_all(dictionary, owner, retired=retired, cursor=paging.cursor, limit=paging.limit)
    return held.each(lambda entry: _row(dictionary, entry))


def view_entry(name: str, entry_id: str, *, by: Caller) -> Entry:
    """One entry, in use or not."""
    return get_entry(DICTIONARIES[name], by.organisation_id, entry_id)


def view_versions(name: str, entry_id: str, *, by: Caller) -> list[EarlierEntry]:
    """The entry as it is and as it was."""
    return versions_of(view_entry(name, entry_id, by=by))


def create_entry(name: str, content: dict[str, Any], *, view: Callable[[Entry], V], by: Caller, now: datetime) -> V:
    """A new entry of the caller's organisation, or of the platform."""
    dictionary = DICTIONARIES[name]
    entry = Entry.create(dictionary, by.organisation_id, _read(dictionary, content), now)
    with Work(by=by) as work:
        stored = add_entry(work, dictionary, entry)
        work.emit(DictionaryChanged.of(stored, "created"))
        return work.answer(view(stored))


def edit_entry(
    name: str,
    entry_id: str,
    version: int,
    content: dict[str, Any],
    *,
    view: Callable[[Entry], V],
    by: Caller,
    now: datetime,
) -> V:
    """New content for an entry that nobody changed since `version`."""
    dictionary = DICTIONARIES[name]
    before = get_entry(dictionary, by.organisation_id, entry_id).read_as(version)
    with Work(by=by) as work:
        changed = change_entry(work, dictionary, before, before.written(dictionary, _read(dictionary, content), now))
        work.emit(DictionaryChanged.of(changed, "changed"))
        return work.answer(view(changed))


def turn_entry(
    name: str, entry_id: str, version: int, *, retired: bool, view: Callable[[Entry], V], by: Caller, now: datetime
) -> V:
    """Out of use, or back in use."""
    dictionary = DICTIONARIES[name]
    before = get_entry(dictionary, by.organisation_id, entry_id).read_as(version)
    with Work(by=by) as work:
        turned = change_entry(work, dictionary, before, before.turned(retired=retired, now=now))
        work.emit(DictionaryChanged.of(turned, "retired" if retired else "restored"))
        return work.answer(view(turned))


def delete_entry(name: str, entry_id: str, *, by: Caller) -> None:
    """The entry goes, if no record points at it."""
    dictionary = DICTIONARIES[name]
    entry = get_entry(dictionary, by.organisation_id, entry_id)
    with Work(by=by) as work:
        gone = remove_entry(work, dictionary, entry)
        work.emit(DictionaryChanged.of(gone, "removed"))


def _row(dictionary: Dictionary, entry: Entry) -> EntryRow:
    return EntryRow(id=entry.id, version=entry.version, retired=entry.retired, shown=dictionary.shown_of(entry.content))


def _read(dictionary: Dictionary, content: dict[str, Any]) -> Described:
    read: Described = parsed(dictionary.schema, content)
    return read
