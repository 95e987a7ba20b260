"""Where copies are kept."""

from __future__ import annotations

from hospital import ids
from hospital.data_copies import keys
from hospital.data_copies.errors import DataCopyNotFound
from hospital.data_copies.model import DataCopy
from hospital.table import Collection

copies = Collection(DataCopy, "people", key=lambda copy: keys.copy_key(copy.asked_by, copy.id))
_SHOWN = 20


def get_copy(asked_by: str, copy_id: str) -> DataCopy:
    """One that this person asked for; `DataCopyNotFound`."""
    found = copies.get(keys.copy_key(asked_by, copy_id)) if ids.is_id(copy_id) else None
    if found is None:
        raise DataCopyNotFound
    return found


def copies_of(asked_by: str) -> list[DataCopy]:
    """What this person asked for, the newest first."""
    found, _ = copies.between(keys.copies_key(asked_by), "COPY#", "COPY#~", limit=_SHOWN, newest_first=True)
    return found
