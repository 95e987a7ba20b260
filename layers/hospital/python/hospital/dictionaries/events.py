"""What dictionaries report."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from hospital.dictionaries.imports import Import
from hospital.dictionaries.model import Entry
from hospital.events import Event

Change = Literal["created", "changed", "retired", "restored", "removed"]


class DictionaryChanged(Event):
    """An entry was created, changed, retired, restored or removed."""

    TYPE: ClassVar[str] = "dictionary.changed.v1"
    SOURCE: ClassVar[str] = "dictionaries"

    dictionary: str
    organisation_id: str
    code: str
    change: Change

    @classmethod
    def of(cls, entry: Entry, change: Change) -> Self:
        """The event of an entry as it was stored."""
        return cls(
            subject=entry.id,
            sequence=entry.version,
            dictionary=entry.dictionary,
            organisation_id=entry.organisation_id,
            code=entry.code,
            change=change,
        )


class DictionaryImportDue(Event):
    """The next step of an import is to be done: its file to be read, or the next of its lines to be written."""

    TYPE: ClassVar[str] = "dictionary.import_due.v1"
    SOURCE: ClassVar[str] = "dictionaries"

    dictionary: str
    organisation_id: str
    step: int

    @classmethod
    def of(cls, running: Import) -> Self:
        """The event of an import as it was stored."""
        return cls(
            subject=running.id,
            sequence=running.version,
            dictionary=running.dictionary,
            organisation_id=running.organisation_id,
            step=running.step,
        )
