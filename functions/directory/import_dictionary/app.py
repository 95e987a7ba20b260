"""Routes of importing a dictionary's file."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from directory.import_dictionary import use_case
from directory.import_dictionary.use_case import ImportView
from hospital import clock
from hospital.caller import Caller
from hospital.dictionaries.errors import (
    DictionaryUnknown,
    FileTooLarge,
    ImportMovedOn,
    ImportNotFound,
    PartBroken,
    PartsMissing,
)
from hospital.dictionaries.imports import MOST_PARTS, PART_BYTES, BadLine
from hospital.http import App, Command
from hospital.paging import Page, Paging
from hospital.policy import can

app = App("import_dictionary")

_KEEPS = can("reference:write")
_LOST = (DictionaryUnknown, ImportNotFound)


class AskForImport(Command):
    """A file that is to come in so many parts, each but the last of `part_bytes`."""

    filename: Annotated[str, Field(min_length=1, max_length=120)]
    parts: Annotated[int, Field(ge=1, le=100_000, description=f"More than {MOST_PARTS} are refused by name")]


class FilePart(Command):
    """A part of the file, in base64."""

    number: Annotated[int, Field(ge=1, le=MOST_PARTS)]
    content: Annotated[str, Field(min_length=1, max_length=PART_BYTES * 4 // 3 + 4)]


class ReportPaging(Paging):
    """Where to go on. A page holds the bad lines of some steps, however many `limit` says."""


@app.route(
    "GET",
    "/dictionaries/{dictionary}/imports",
    allow=_KEEPS,
    query=Paging,
    returns=Page[ImportView],
    errors=(DictionaryUnknown,),
)
def get_imports(who: Caller, dictionary: str, query: Paging) -> Page[ImportView]:
    """The imports, the newest first."""
    return use_case.list_imports(dictionary, query, by=who)


@app.route(
    "POST",
    "/dictionaries/{dictionary}/imports",
    allow=_KEEPS,
    body=AskForImport,
    returns=ImportView,
    status=201,
    errors=(DictionaryUnknown, FileTooLarge),
)
def post_import(who: Caller, dictionary: str, body: AskForImport) -> ImportView:
    """Ask to bring a file in."""
    return use_case.ask_for_import(dictionary, body.filename, body.parts, by=who, now=clock.now())


@app.route(
    "PUT",
    "/dictionaries/{dictionary}/imports/{import_id}/part",
    allow=_KEEPS,
    body=FilePart,
    status=204,
    errors=(*_LOST, ImportMovedOn, PartBroken),
)
def put_part(who: Caller, dictionary: str, import_id: str, body: FilePart) -> None:
    """Send a part of the file; once more is harmless."""
    use_case.take_part(dictionary, import_id, body.number, body.content, by=who)


@app.route(
    "POST",
    "/dictionaries/{dictionary}/imports/{import_id}/start",
    allow=_KEEPS,
    returns=ImportView,
    status=202,
    errors=(*_LOST, ImportMovedOn, PartsMissing),
)
def post_start(who: Caller, dictionary: str, import_id: str) -> ImportView:
    """The whole file has come: read and write it."""
    return use_case.start_import(dictionary, import_id, by=who)


@app.route("GET", "/dictionaries/{dictionary}/imports/{import_id}", allow=_KEEPS, returns=ImportView, errors=_LOST)
def get_import(who: Caller, dictionary: str, import_id: str) -> ImportView:
    """How far an import is."""
    return use_case.view_import(dictionary, import_id, by=who)


@app.route(
    "GET",
    "/dictionaries/{dictionary}/imports/{import_id}/report",
    allow=_KEEPS,
    query=ReportPaging,
    returns=Page[BadLine],
    errors=_LOST,
)
def get_report(who: Caller, dictionary: str, import_id: str, query: ReportPaging) -> Page[BadLine]:
    """The lines that were not taken, and why."""
    return use_case.report_of(dictionary, import_id, query.cursor, by=who)
