"""Where imports are kept."""

from __future__ import annotations

from hospital import ids
from hospital.dictionaries import keys
from hospital.dictionaries.declared import Dictionary
from hospital.dictionaries.errors import ImportNotFound
from hospital.dictionaries.imports import Batch, Import, Piece, Wrong
from hospital.records import Key
from hospital.table import Collection

_PARTS_A_READ = 4
"""A part fills 200 KB of the megabyte that one query reads."""

imports = Collection(
    Import,
    "reference",
    key=lambda one: keys.import_key(one.id),
    lists={"all": lambda one: Key(keys.imports_key(one.dictionary, one.organisation_id), one.id)},
)
parts = Collection(
    Piece,
    "reference",
    key=lambda one: _place(one.id, "PART"),
    expires=lambda one: one.until,
    audited=False,  # a part of a file; the import has lines of its own
)
batches = Collection(
    Batch,
    "reference",
    key=lambda one: _place(one.id, "LINES"),
    expires=lambda one: one.until,
    audited=False,  # lines of the same file
)
wrongs = Collection(
    Wrong,
    "reference",
    key=lambda one: _place(one.id, "WRONG"),
    expires=lambda one: one.until,
    audited=False,  # what the import's own line counts
)


def piece_id(import_id: str, number: int) -> str:
    """The id of a numbered piece of an import."""
    return f"{import_id}#{number}"


def _place(of_piece: str, what: str) -> Key:
    import_id, _, number = of_piece.partition("#")
    return keys.piece_key(import_id, what, int(number))


def get_import(dictionary: Dictionary, organisation_id: str, import_id: str) -> Import:
    """The import; `ImportNotFound` when it is none of that dictionary and organisation."""
    found = imports.get(keys.import_key(import_id)) if ids.is_id(import_id) else None
    if found is None or (found.dictionary, found.organisation_id) != (dictionary.name, organisation_id):
        raise ImportNotFound
    return found


def file_of(running: Import) -> list[Piece]:
    """The parts that have come, in their order."""
    found: list[Piece] = []
    for number in range(1, running.parts + 1, _PARTS_A_READ):
        first, last = (keys.piece_key(running.id, "PART", one) for one in (number, number + _PARTS_A_READ - 1))
        found += parts.between(first.pk, first.sk, last.sk, limit=_PARTS_A_READ)[0]
    return found
