"""Many entries of a dictionary at once, put straight into the store: by imports they would take minutes."""

from __future__ import annotations

from collections.abc import Callable

from hospital import clock
from hospital.dictionaries.declared import DICTIONARIES, Described
from hospital.dictionaries.model import Entry
from hospital.dictionaries.store import found_rows
from tests.builders.crowds import add_all

_AT_ONCE = 1000


def fill_found_rows(
    dictionary_name: str,
    organisation_id: str,
    numbers: range,
    content: Callable[[int], Described],
    letters: str = "",
) -> int:
    """The rows that find entries, `content` giving each by its number: a search reads nothing else. Only those under
    the given `letters`, if any: the others stand in partitions of their own. How many rows the entries have in all."""
    dictionary, now, rows = DICTIONARIES[dictionary_name], clock.now(), 0
    for start in range(numbers.start, numbers.stop, _AT_ONCE):
        batch = range(start, min(numbers.stop, start + _AT_ONCE))
        made = [Entry.create(dictionary, organisation_id, content(number), now) for number in batch]
        found = [row for entry in made for row in entry.having(version=1).found_by(dictionary)]
        add_all(found_rows, [row for row in found if not letters or row.term[0] in letters])
        rows += len(found)
    return rows
