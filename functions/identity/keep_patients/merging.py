"""Two files of one person: finding them, letting one stand for both, and taking that back.

Two come about where family had somebody treated before they had an account of their own, and from accounts of the time
before real names. Nothing is copied or deleted: one file points to the other, and reads follow.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.families.model import person_id_of
from hospital.people.errors import NumbersDiffer
from hospital.people.events import PatientMergeChanged
from hospital.people.keys import named_key, person_key
from hospital.people.model import Patient
from hospital.people.store import get_own_file, get_patient, get_patient_of, patients, persons
from hospital.verifications.keys import identity_key
from hospital.verifications.store import identities, number_hash
from hospital.work import Work
from identity.keep_patients.views import PatientView, view_of, views_of

Likeness = Literal["same_number", "same_name"]
_MOST = 20


class LikelySame(BaseModel):
    """A file that may be of the same person. `same_number`: it is; `same_name`: whoever merges has to know."""

    patient: PatientView
    likeness: Likeness


class LikelySameFiles(BaseModel):
    """The surest first."""

    items: list[LikelySame]


def view_likely_same(patient_id: str, *, by: Caller) -> LikelySameFiles:
    """The files of the organisation that could be merged with this one. Those whose ID number is another are not."""
    file = get_patient_of(by.organisation_id, patient_id)
    number, found = _number_of(file), _found_near(file)
    numbers = {one.id: _number_of(one) for one in found}
    likely = [one for one in found if not _differ(number, numbers[one.id])]
    told = [
        LikelySame(patient=view, likeness="same_number" if number and numbers[view.id] == number else "same_name")
        for view in views_of(likely)
    ]
    return LikelySameFiles(items=sorted(told, key=lambda one: one.likeness != "same_number"))


def merge(patient_id: str, version: int, other_id: str, *, by: Caller, now: datetime) -> PatientView:
    """The first stands for both from here on, as it was read as `version`."""
    standing = get_own_file(by.organisation_id, patient_id)
    other = get_own_file(by.organisation_id, other_id)
    taking, pointing = standing.taking_in(other, now), other.pointing_to(standing)
    if _differ(_number_of(standing), _number_of(other)):
        raise NumbersDiffer
    return _written(standing, taking, other, pointing, version, by)


def undo_merge(patient_id: str, version: int, other_id: str, *, by: Caller) -> PatientView:
    """Both stand for themselves again, each as it was; what was written into the first since stays there."""
    standing = get_own_file(by.organisation_id, patient_id)
    other = get_own_file(by.organisation_id, other_id)
    return _written(standing, standing.letting_go(other), other, other.by_itself(), version, by)


def _written(
    standing: Patient, standing_after: Patient, other: Patient, other_after: Patient, version: int, by: Caller
) -> PatientView:
    if standing.version != version:
        raise ChangedMeanwhile(version=standing.version)
    with Work(by=by, doing="patient.point_file") as work:
        kept = work.change(patients, standing, standing_after)
        pointing = work.change(patients, other, other_after)
        work.emit(PatientMergeChanged.of(kept, pointing))
        return work.answer(view_of(kept))


def _found_near(file: Patient) -> list[Patient]:
    """Files by themselves under the same name, and the one of the same number that has no account."""
    named: list[Patient] = []
    if file.name_hash:
        place = named_key(file.organisation_id, file.name_hash)
        named = patients.page("of_name", place, limit=_MOST).items
    number = _number_of(file)
    unowned = get_patient(number, file.organisation_id) if number else None
    near = {one.id: one for one in [*([unowned] if unowned else []), *named] if one.id != file.id}
    return [one for one in near.values() if not one.merged_into and not one.taken_in]


def _number_of(file: Patient) -> str | None:
    """What stands for the person's ID number: the id that they have in families while they have no account. None while
    nobody has shown it."""
    shown = identities.get(identity_key(file.person_id))
    if shown is not None:
        return person_id_of(number_hash(shown.id_number))
    return None if persons.get(person_key(file.person_id)) else file.person_id


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other
