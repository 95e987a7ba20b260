"""The care relation that a visit makes, and who may read a visit by it.

It begins with the doctor's acceptance and ends with the summary, each in the transaction of that act.
"""

from __future__ import annotations

from datetime import datetime

from hospital.caller import Caller
from hospital.care.model import CareRelation
from hospital.care.store import end_care, relations, treats
from hospital.people.store import files_of_one_person
from hospital.visits.errors import VisitNotFound
from hospital.visits.model import Visit
from hospital.visits.store import get_visit
from hospital.work import Work


def care_begins(work: Work, accepted: Visit) -> None:
    """The doctor took the visit: they treat its patient."""
    begun = CareRelation.begun(
        organisation_id=accepted.organisation_id,
        patient_id=accepted.patient.patient_id,
        practitioner_role_id=accepted.doctor.id,
        by="visit",
        subject_id=accepted.id,
        now=accepted.accepted_at or accepted.applied_at,
    )
    work.add(relations, begun)


def care_ends(work: Work, finished: Visit, now: datetime) -> None:
    """The visit is over, and with it what it made."""
    begun_at = finished.accepted_at or finished.applied_at
    end_care(work, finished.patient.patient_id, finished.doctor.id, begun_at, finished.id, now)


def readable_visit(visit_id: str, by: Caller) -> Visit:
    """The one judgement of who reads a visit: its patient and its doctor, staff whose data scope reaches it, and staff
    who treat the same patient now at the same house, under whichever of the files that it knows to be one person's.
    `VisitNotFound` for everybody else, as if there were none."""
    visit = get_visit(visit_id)
    try:
        return visit.read_by(by)
    except VisitNotFound:
        if by.of_organisation(visit.organisation_id) and _treats(by.practitioner_role_id, visit.patient.patient_id):
            return visit
        raise


def _treats(practitioner_role_id: str, patient_id: str) -> bool:
    """Whether they treat the person now; merged files are looked up for those alone who do not by this one."""
    if treats(practitioner_role_id, patient_id):
        return True
    others = (one for one in files_of_one_person(patient_id) if one != patient_id)
    return any(treats(practitioner_role_id, one) for one in others)
