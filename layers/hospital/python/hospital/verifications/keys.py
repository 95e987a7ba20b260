"""Keys of verified identities, in the table `people` (codes that live minutes: `requests`).

| who asks | key or list |
| --- | --- |
| who a person is | `IDENTITY#per_1 / IDENTITY` |
| whose an ID number is | `ID_NUMBER#<keyed hash> / UNIQUE`, holds the person's id |
| a check at a counter | `COUNTER_CHECK#chk_1 / COUNTER_CHECK` |
| who shows these digits at a counter | `COUNTER_CODE#<keyed hash> / CODE` (`requests`) |
"""

from __future__ import annotations

from hospital.records import Key


def identity_key(person_id: str) -> Key:
    """Who a person is."""
    return Key(f"IDENTITY#{person_id}", "IDENTITY")


def number_key(number_hash: str) -> Key:
    """Whose an ID number is; `number_hash` is `secret_keys.lookup_hash("id_number", number)`."""
    return Key(f"ID_NUMBER#{number_hash}", "UNIQUE")


def counter_check_key(check_id: str) -> Key:
    """A check at a counter."""
    return Key(f"COUNTER_CHECK#{check_id}", "COUNTER_CHECK")


def counter_code_key(code_hash: str) -> Key:
    """The digits that a patient shows."""
    return Key(f"COUNTER_CODE#{code_hash}", "CODE")
