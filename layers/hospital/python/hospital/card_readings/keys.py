"""Keys of what was read from cards, in the table `people`.

| who asks | key |
| --- | --- |
| a reading | `CARD_READING#idr_1 / READING` |
| its pictures | `CARD_READING#idr_1 / PICTURES` |
| who looked at them | `CARD_READING#idr_1 / LOOK#idl_1` |
"""

from __future__ import annotations

from hospital.records import Key


def reading_key(reading_id: str) -> Key:
    """A reading."""
    return Key(f"CARD_READING#{reading_id}", "READING")


def pictures_key(reading_id: str) -> Key:
    """The pictures cut out of it."""
    return Key(f"CARD_READING#{reading_id}", "PICTURES")


def look_key(reading_id: str, look_id: str) -> Key:
    """That somebody was given the pictures."""
    return Key(f"CARD_READING#{reading_id}", f"LOOK#{look_id}")
