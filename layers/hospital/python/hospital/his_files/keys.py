"""Keys of files in the HIS, in the table `people`.

| who asks | key or list |
| --- | --- |
| a person's file in the HIS | `HISFILE#per_1 / HISFILE` |
| the files that could not be opened | list `troubled`: `HISFILES#TROUBLED / <asked at>#hfl_1` |
| how a person keeps their cards | `CARDS#per_1 / ORDER` |
"""

from __future__ import annotations

from hospital.records import Key

TROUBLED = "HISFILES#TROUBLED"


def link_key(person_id: str) -> Key:
    """A person's file in the HIS."""
    return Key(f"HISFILE#{person_id}", "HISFILE")


def order_key(person_id: str) -> Key:
    """The order of a person's cards."""
    return Key(f"CARDS#{person_id}", "ORDER")
