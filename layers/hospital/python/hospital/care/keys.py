"""Keys of care relations, in the table `clinical`.

| who asks | key or list |
| --- | --- |
| whether somebody treats a patient | `CARE#pat_1 / prr_1#<begun_at>#<what made it>`, the newest first |
| the meetings of a patient that were taken, newest first | list `of_patient`: `TREATED#pat_1 / <begun_at>#vis_1` |
"""

from __future__ import annotations

from datetime import datetime

from hospital import clock
from hospital.records import Key


def patient_care_key(patient_id: str) -> str:
    """The partition of a patient's care relations."""
    return f"CARE#{patient_id}"


def relation_key(patient_id: str, practitioner_role_id: str, begun_at: datetime, subject_id: str) -> Key:
    """A care relation."""
    return Key(patient_care_key(patient_id), f"{practitioner_role_id}#{clock.text(begun_at)}#{subject_id}")


def relations_of_key(practitioner_role_id: str) -> tuple[str, str]:
    """Between which texts the relations of one member of staff stand in a patient's partition."""
    return f"{practitioner_role_id}#", f"{practitioner_role_id}#~"


def treated_key(patient_id: str) -> str:
    """The partition of a patient's meetings."""
    return f"TREATED#{patient_id}"
