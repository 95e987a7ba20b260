"""An entry of a dictionary: pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from hospital import ids
from hospital.dictionaries.declared import Described, Dictionary
from hospital.dictionaries.terms import smaller, terms_of
from hospital.errors import ChangedMeanwhile
from hospital.records import Record


class Entry(Record):
    """An entry. `organisation_id` is empty for the platform's. `terms` are by what it is found; `import_id` is the
    import that wrote it last, empty when a person did."""

    dictionary: str
    organisation_id: str
    content: dict[str, Any]
    terms: tuple[str, ...]
    retired: bool = False
    changed_at: datetime
    import_id: str = ""

    @classmethod
    def create(
        cls, dictionary: Dictionary, organisation_id: str, content: Described, now: datetime, import_id: str = ""
    ) -> Self:
        """A new entry."""
        return cls(
            id=ids.new_id(dictionary.id_prefix),
            dictionary=dictionary.name,
            organisation_id=organisation_id,
            **_written(dictionary, content),
            changed_at=now,
            import_id=import_id,
        )

    def written(self, dictionary: Dictionary, content: Described, now: datetime, import_id: str = "") -> Self:
        """The entry with new content."""
        return self.having(**_written(dictionary, content), changed_at=now, import_id=import_id)

    def turned(self, *, retired: bool, now: datetime) -> Self:
        """The entry, out of use or back in use."""
        return self.having(retired=retired, changed_at=now, import_id="")

    def read_as(self, version: int) -> Self:
        """Itself, if this is the version that its editor read."""
        if version != self.version:
            raise ChangedMeanwhile(version=self.version)
        return self

    @property
    def code(self) -> str:
        """Its code, as it was written."""
        return str(self.content["code"])

    def found_by(self, dictionary: Dictionary) -> list[FoundRow]:
        """The rows by which it is found, with the version that the entry has."""
        shown = dictionary.shown_of(self.content)
        return [
            FoundRow(
                id=self.id,
                version=self.version,
                dictionary=self.dictionary,
                organisation_id=self.organisation_id,
                retired=self.retired,
                term=term,
                before=smaller(term, self.terms),
                shown=shown,
            )
            for term in self.terms
        ]


class FoundRow(Record):
    """A term of an entry, with what a list tells of it. `id` and `version` are the entry's; `before` are the entry's
    terms that stand before this one under the same letter."""

    dictionary: str
    organisation_id: str
    retired: bool
    term: str
    before: tuple[str, ...] = ()
    shown: dict[str, Any]

    def answers_first(self, begin: str) -> bool:
        """Whether no row of the same entry answered that query before."""
        return not any(other.startswith(begin) for other in self.before)


class EarlierEntry(Record):
    """An entry as it was in `version`: what a record that points there meant."""

    content: dict[str, Any]
    retired: bool
    changed_at: datetime


class EntryCode(Record):
    """That an entry has a code that no other of its dictionary has."""

    entry_id: str


class EntryUse(Record):
    """That records point at an entry: so many. `id` is the entry's."""

    records: int = 0


def _written(dictionary: Dictionary, content: Described) -> dict[str, Any]:
    values = content.model_dump(mode="json")
    names = [str(values[name]) for name in dictionary.names]
    return {"content": values, "terms": terms_of(values["code"], names, values["initials"], values["his_code"])}
