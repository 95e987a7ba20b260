"""Routes of dictionaries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from directory.keep_dictionaries import use_case
from directory.keep_dictionaries.files import export_page, template_of
from directory.keep_dictionaries.use_case import EntryRow
from hospital import clock
from hospital.caller import Caller
from hospital.dictionaries.declared import DICTIONARIES, Dictionary
from hospital.dictionaries.errors import DictionaryUnknown, EntryCodeTaken, EntryNotFound, EntryUsed
from hospital.dictionaries.model import EarlierEntry, Entry
from hospital.errors import ChangedMeanwhile
from hospital.http import App, Command
from hospital.paging import Page, Paging
from hospital.policy import can

app = App("keep_dictionaries")

_READS, _KEEPS = can("reference:read"), can("reference:write")
_WRITES = (DictionaryUnknown, EntryNotFound, EntryCodeTaken, ChangedMeanwhile)


class NameInBothLanguages(BaseModel):
    """A name in Chinese and English."""

    zh: str
    en: str


class DictionaryView(BaseModel):
    """A dictionary, whether the caller may write it, the fields that its lists show, and the JSON Schema of its entries
    (each property carries `title`, `x-title-en` and `x-widget`)."""

    model_config = ConfigDict(serialize_by_alias=True)

    name: str
    title: NameInBothLanguages
    may_write: bool
    shown: list[str]
    content_schema: Annotated[dict[str, Any], Field(alias="schema")]

    @classmethod
    def of(cls, dictionary: Dictionary, who: Caller) -> DictionaryView:
        """The view of a dictionary."""
        return cls.model_validate(
            {
                "name": dictionary.name,
                "title": {"zh": dictionary.zh, "en": dictionary.en},
                "may_write": who.may(_KEEPS.permission),
                "shown": ["code", "name", *dictionary.shown],
                "schema": dictionary.schema.model_json_schema(),
            }
        )


class DictionaryViews(BaseModel):
    """All dictionaries."""

    items: list[DictionaryView]


class EntryView(BaseModel):
    """An entry of a dictionary."""

    id: str
    version: int
    retired: bool
    content: dict[str, Any]
    changed_at: datetime

    @classmethod
    def of(cls, entry: Entry | EarlierEntry) -> EntryView:
        """The view of an entry, as it is or as it was."""
        return cls(**entry.model_dump(include=set(cls.model_fields)))


class EntryVersions(BaseModel):
    """An entry as it is and as it was, the newest first (at most 100)."""

    items: list[EntryView]


class Template(BaseModel):
    """A workbook to fill in."""

    filename: str
    content: str


class EntrySearch(Paging):
    """Which entries: those that a query finds, those that the HIS calls so, or all by their codes."""

    q: Annotated[str, Field(max_length=80, description="Name from any letter on, pinyin initials, or code")] | None = (
        None
    )
    his_code: Annotated[str, Field(max_length=60)] | None = None
    retired: Annotated[bool, Field(description="Entries out of use, instead of those in use")] = False


class CreateEntry(Command):
    """The content of a new entry, by the dictionary's schema."""

    content: dict[str, Any]


class ChangeEntry(Command):
    """New content for the entry that was read as `version`."""

    version: Annotated[int, Field(ge=1, le=2**31)]
    content: dict[str, Any]


class TurnEntry(Command):
    """The version that was read."""

    version: Annotated[int, Field(ge=1, le=2**31)]


class ExportPaging(BaseModel):
    """Where to go on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: Annotated[str, Field(max_length=1000, description="From the page before")] | None = None


class ExportPage(BaseModel):
    """Some lines of the file, and where to go on. The first page begins with the heading; a page puts them together."""

    text: str
    cursor: str | None


@app.route("GET", "/dictionaries", allow=_READS, returns=DictionaryViews)
def get_dictionaries(who: Caller) -> DictionaryViews:
    """The dictionaries, with the schemas of their entries."""
    return DictionaryViews(items=[DictionaryView.of(one, who) for one in DICTIONARIES])


@app.route(
    "GET",
    "/dictionaries/{dictionary}/entries",
    allow=_READS,
    query=EntrySearch,
    returns=Page[EntryRow],
    errors=(DictionaryUnknown,),
)
def get_entries(who: Caller, dictionary: str, query: EntrySearch) -> Page[EntryRow]:
    """Entries found, or all."""
    return use_case.list_entries(
        dictionary, query, query=query.q, his_code=query.his_code, retired=query.retired, by=who
    )


@app.route(
    "GET",
    "/dictionaries/{dictionary}/file",
    allow=_READS,
    query=ExportPaging,
    returns=ExportPage,
    errors=(DictionaryUnknown,),
)
def get_file(who: Caller, dictionary: str, query: ExportPaging) -> ExportPage:
    """The entries in use as lines of a table file (CSV) that Excel opens, some hundred at a time."""
    text, cursor = export_page(dictionary, query.cursor, by=who)
    return ExportPage(text=text, cursor=cursor)


@app.route(
    "GET",
    "/dictionaries/{dictionary}/template",
    allow=_KEEPS,
    returns=Template,
    errors=(DictionaryUnknown,),
)
def get_template(who: Caller, dictionary: str) -> Template:
    """An empty workbook (.xlsx) with the columns that an import reads, in base64."""
    filename, content = template_of(dictionary)
    return Template(filename=filename, content=content)


@app.route(
    "POST",
    "/dictionaries/{dictionary}/entries",
    allow=_KEEPS,
    body=CreateEntry,
    returns=EntryView,
    status=201,
    errors=(DictionaryUnknown, EntryCodeTaken),
)
def post_entry(who: Caller, dictionary: str, body: CreateEntry) -> EntryView:
    """Create an entry."""
    return use_case.create_entry(dictionary, body.content, view=EntryView.of, by=who, now=clock.now())


@app.route(
    "GET",
    "/dictionaries/{dictionary}/entries/{entry_id}",
    allow=_READS,
    returns=EntryView,
    errors=(DictionaryUnknown, EntryNotFound),
)
def get_entry(who: Caller, dictionary: str, entry_id: str) -> EntryView:
    """One entry, in use or not."""
    return EntryView.of(use_case.view_entry(dictionary, entry_id, by=who))


@app.route(
    "GET",
    "/dictionaries/{dictionary}/entries/{entry_id}/versions",
    allow=_READS,
    returns=EntryVersions,
    errors=(DictionaryUnknown, EntryNotFound),
)
def get_versions(who: Caller, dictionary: str, entry_id: str) -> EntryVersions:
    """One entry as it is and as it was."""
    return EntryVersions(items=[EntryView.of(one) for one in use_case.view_versions(dictionary, entry_id, by=who)])


@app.route(
    "PUT",
    "/dictionaries/{dictionary}/entries/{entry_id}",
    allow=_KEEPS,
    body=ChangeEntry,
    returns=EntryView,
    errors=_WRITES,
)
def put_entry(who: Caller, dictionary: str, entry_id: str, body: ChangeEntry) -> EntryView:
    """Change an entry; what it was stays readable."""
    return use_case.edit_entry(
        dictionary, entry_id, body.version, body.content, view=EntryView.of, by=who, now=clock.now()
    )


@app.route(
    "POST",
    "/dictionaries/{dictionary}/entries/{entry_id}/retire",
    allow=_KEEPS,
    body=TurnEntry,
    returns=EntryView,
    errors=_WRITES,
)
def post_retirement(who: Caller, dictionary: str, entry_id: str, body: TurnEntry) -> EntryView:
    """Take an entry out of use; records that point at it keep it."""
    return use_case.turn_entry(
        dictionary, entry_id, body.version, retired=True, view=EntryView.of, by=who, now=clock.now()
    )


@app.route(
    "POST",
    "/dictionaries/{dictionary}/entries/{entry_id}/restore",
    allow=_KEEPS,
    body=TurnEntry,
    returns=EntryView,
    errors=_WRITES,
)
def post_restoring(who: Caller, dictionary: str, entry_id: str, body: TurnEntry) -> EntryView:
    """Bring an entry back into use."""
    return use_case.turn_entry(
        dictionary, entry_id, body.version, retired=False, view=EntryView.of, by=who, now=clock.now()
    )


@app.route(
    "DELETE",
    "/dictionaries/{dictionary}/entries/{entry_id}",
    allow=_KEEPS,
    status=204,
    errors=(DictionaryUnknown, EntryNotFound, EntryUsed, ChangedMeanwhile),
)
def delete_entry(who: Caller, dictionary: str, entry_id: str) -> None:
    """Delete an entry that no record points at."""
    use_case.delete_entry(dictionary, entry_id, by=who)
