"""Keys of families, in the table `people`.

| who asks | key or list |
| --- | --- |
| a member of somebody's family | `FAMILY#per_1 / MEMBER#fam_1` |
| everybody in somebody's family | list `of_owner`: `FAMILY#per_1 / fam_1`, until it ends |
| that somebody is in it already | `FAMILY#per_1 / NUMBER#<keyed hash>` |
| in whose families somebody is | list `of_number`: `FAMILIES_OF#<keyed hash> / per_1#fam_1`, until it ends |
"""

from __future__ import annotations

from hospital.records import Key


def family_key(owner_id: str) -> str:
    """The partition of somebody's family."""
    return f"FAMILY#{owner_id}"


def member_key(owner_id: str, member_id: str) -> Key:
    """A member of somebody's family: with another's key there is none."""
    return Key(family_key(owner_id), f"MEMBER#{member_id}")


def place_key(owner_id: str, number_hash: str) -> Key:
    """The place in a family that a person takes once."""
    return Key(family_key(owner_id), f"NUMBER#{number_hash}")


def families_of_key(number_hash: str) -> str:
    """The partition of the families in which a person is."""
    return f"FAMILIES_OF#{number_hash}"
