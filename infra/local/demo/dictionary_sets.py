"""The demo's own small dictionaries, read from files as an import reads them. Companies are made up; the names of drugs
and diseases and the codes of ICD-10 are what everybody calls them. A hospital brings its own files."""

from __future__ import annotations

from pathlib import Path

from hospital import clock
from hospital.caller import system
from hospital.dictionaries.declared import DICTIONARIES, Dictionary
from hospital.dictionaries.model import Entry
from hospital.dictionaries.reading import content_of, read_lines
from hospital.dictionaries.sheets import read_csv
from hospital.dictionaries.store import add_entry
from hospital.work import Work

_FILES = Path(__file__).parent / "dictionaries"
_TOGETHER = 3
"""Entries of one transaction: a long name has twenty terms, and a transaction a hundred writes."""


def fill_dictionaries(organisation_id: str) -> None:
    """All dictionaries of an organisation that has none yet."""
    for dictionary in DICTIONARIES:
        made = entries_of(dictionary, organisation_id)
        for start in range(0, len(made), _TOGETHER):
            with Work(by=system("demo"), doing="demo.found") as work:
                for entry in made[start : start + _TOGETHER]:
                    add_entry(work, dictionary, entry)


def entries_of(dictionary: Dictionary, organisation_id: str) -> list[Entry]:
    """The entries of the dictionary's file; a bad line in it is a defect of ours."""
    lines, ignored = read_lines(dictionary, read_csv((_FILES / f"{dictionary.name}.csv").read_bytes()).rows)
    if ignored:
        raise ValueError(f"{dictionary.name}.csv has columns that nobody reads: {ignored}")
    made = []
    for line in lines:
        content, wrong = content_of(dictionary, line)
        if content is None:
            raise ValueError(f"{dictionary.name}.csv: {wrong}")
        made.append(Entry.create(dictionary, organisation_id, content, clock.now()))
    return made
