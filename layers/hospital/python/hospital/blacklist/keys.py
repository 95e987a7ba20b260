"""Keys of the blacklist, in the table `people`.

| who asks | key or list |
| --- | --- |
| whether a person is on an organisation's blacklist | `BLACKLISTING#blk_1 / BLACKLISTING`; the id follows from both |
| who is on an organisation's blacklist | list `of_organisation`: `BLACKLIST#org_1 / <time>#blk_1` |
| where a person is on a blacklist | list `of_person`: `BLACKLISTED#per_1 / blk_1` |
"""

from __future__ import annotations

from hospital.records import Key


def blacklisting_key(blacklisting_id: str) -> Key:
    """A person's place on a blacklist."""
    return Key(f"BLACKLISTING#{blacklisting_id}", "BLACKLISTING")


def blacklist_key(organisation_id: str) -> str:
    """The partition of an organisation's blacklist."""
    return f"BLACKLIST#{organisation_id}"


def blacklisted_key(person_id: str) -> str:
    """The partition of the blacklists that a person is on."""
    return f"BLACKLISTED#{person_id}"
