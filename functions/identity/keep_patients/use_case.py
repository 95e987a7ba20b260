"""Finding an organisation's patients, and keeping their files."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hospital.caller import Caller
from hospital.errors import ChangedMeanwhile
from hospital.listings import DAY_ZONE
from hospital.paging import Page
from hospital.people.keys import named_key
from hospital.people.model import Patient
from hospital.people.store import get_patient, get_patient_of, name_hash_of, owner_of_phone, patients, standing_for
from hospital.verifications.id_number import clean_name, parse_id_number
from hospital.verifications.store import owner_of_number
from hospital.work import Work
from identity.keep_patients.views import PatientView, view_of, views_of

FoundBy = Literal["phone", "id_number", "name"]
_PAGE = 20


def search(found_by: FoundBy, value: str, cursor: str | None, *, by: Caller, now: datetime) -> Page[PatientView]:
    """The files that lie under exactly this, or those that stand for them. A number of somebody without a file here
    finds nothing."""
    if found_by == "name":
        place = named_key(by.organisation_id, name_hash_of(by.organisation_id, clean_name(value)))
        found = patients.page("of_name", place, cursor=cursor, limit=_PAGE)
        return Page(items=views_of(_standing(found.items)), cursor=found.cursor)
    person_id = owner_of_phone(value) if found_by == "phone" else _owner_of_number(value, now)
    file = get_patient(person_id, by.organisation_id) if person_id else None
    return Page(items=views_of([standing_for(file)] if file else []))


def view_patient(patient_id: str, *, by: Caller) -> PatientView:
    """One file of the caller's organisation."""
    return view_of(get_patient_of(by.organisation_id, patient_id))


def change_patient(patient_id: str, version: int, written: dict[str, str], *, by: Caller) -> PatientView:
    """The file with what was written; nothing to change is fine. An empty text takes away what stood there."""
    before = get_patient_of(by.organisation_id, patient_id)
    if before.version != version:
        raise ChangedMeanwhile(version=before.version)
    after = before.having(**{name: text or None for name, text in written.items()})
    with Work(by=by, doing="patient.change_file") as work:
        stored = work.change(patients, before, after)
        return work.answer(view_of(stored))


def _standing(files: list[Patient]) -> list[Patient]:
    """Each file that stands for some of these, once."""
    return list({file.id: file for file in map(standing_for, files)}.values())


def _owner_of_number(typed: str, now: datetime) -> str | None:
    return owner_of_number(parse_id_number(typed, now.astimezone(DAY_ZONE).date()).text)
