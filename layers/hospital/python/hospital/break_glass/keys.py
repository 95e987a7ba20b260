"""Keys of records that were opened in an emergency, in the table `clinical`.

| who asks | key or list |
| --- | --- |
| one by id | `EMERGENCY#emr_1 / EMERGENCY` |
| what was looked at under it, oldest first | `EMERGENCY#emr_1 / LOOK#<at>#lok_1` |
| those of an organisation, newest first | list `of_organisation`: `EMERGENCIES#org_1 / <opened_at>#emr_1` |
| those that wait for a review, oldest first | list `to_review`: `TO_REVIEW#org_1 / <opened_at>#emr_1` |
| those that somebody is told of, newest first | list `of_person`: `EMERGENCIES_OF#per_1 / <opened_at>#emr_1` |
"""

from __future__ import annotations

from datetime import datetime

from hospital import clock
from hospital.records import Key


def reading_key(reading_id: str) -> Key:
    """An opened record."""
    return Key(f"EMERGENCY#{reading_id}", "EMERGENCY")


def look_key(reading_id: str, at: datetime, look_id: str) -> Key:
    """A look into it."""
    return Key(f"EMERGENCY#{reading_id}", f"LOOK#{clock.text(at)}#{look_id}")


def organisation_key(organisation_id: str) -> str:
    """The partition of an organisation's."""
    return f"EMERGENCIES#{organisation_id}"


def to_review_key(organisation_id: str) -> str:
    """The partition of those that wait."""
    return f"TO_REVIEW#{organisation_id}"


def person_key(person_id: str) -> str:
    """The partition of those that somebody is told of."""
    return f"EMERGENCIES_OF#{person_id}"


def since(moment: datetime, reading_id: str) -> str:
    """The sort text of the lists."""
    return f"{clock.text(moment)}#{reading_id}"
