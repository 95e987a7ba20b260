"""Keys of face checks.

| who asks | key |
| --- | --- |
| a check (`people`) | `FACE_CHECK#fch_1 / CHECK` |
| its pictures while it is in doubt | `FACE_CHECK#fch_1 / DOUBTFUL` |
| who looked at them | `FACE_CHECK#fch_1 / LOOK#fcl_1` |
| those that wait for staff, oldest first | list `to_review`: `FACES_TO_REVIEW#org_1 / <held_at>#fch_1` |
| those of a person | list `of_person`: `DOUBTFUL_FACES_OF#per_1 / fch_1` |
| whether a frame was sent before (`requests`) | `FRAME#<digest> / FRAME` |
"""

from __future__ import annotations

from datetime import datetime

from hospital import clock
from hospital.records import Key


def check_key(check_id: str) -> Key:
    """A check."""
    return Key(f"FACE_CHECK#{check_id}", "CHECK")


def doubtful_key(check_id: str) -> Key:
    """The pictures of a check in doubt."""
    return Key(f"FACE_CHECK#{check_id}", "DOUBTFUL")


def look_key(check_id: str, look_id: str) -> Key:
    """That somebody was given them."""
    return Key(f"FACE_CHECK#{check_id}", f"LOOK#{look_id}")


def to_review_key(organisation_id: str) -> str:
    """The partition of those that wait."""
    return f"FACES_TO_REVIEW#{organisation_id}"


def doubtful_of_key(person_id: str) -> str:
    """The partition of a person's."""
    return f"DOUBTFUL_FACES_OF#{person_id}"


def since(moment: datetime, check_id: str) -> str:
    """The sort text of those that wait."""
    return f"{clock.text(moment)}#{check_id}"


def frame_key(digest: str) -> Key:
    """That a frame was sent."""
    return Key(f"FRAME#{digest}", "FRAME")
