"""Two files of one person at a clinic: family had them treated before they had an account of their own."""

from __future__ import annotations

from typing import NamedTuple

from consultation.apply_for_visit.app import app as apply_for_visit
from hospital import clock
from hospital.people.keys import patient_id_of
from hospital.people.model import Patient
from hospital.people.store import name_hash_of, patients
from hospital.verifications.id_number import parse_id_number
from hospital.verifications.model import Proven
from hospital.verifications.recording import record
from hospital.work import Work
from tests.builders.families import adds
from tests.builders.gateway import call
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.register import Register
from tests.builders.visits import application, applied


class TwoFiles(NamedTuple):
    """The account, whose own file is `own`, and the helper who had `other` opened before, as one of their family."""

    person: PatientOf
    helper: PatientOf
    own: str
    other: str
    member_id: str
    own_visit: str
    other_visit: str


def two_files(clinic: Clinic, register: Register, name: str = "李秀英") -> TwoFiles:
    """The same name and number twice."""
    helper, number = new_patient("王芳"), an_id_number()
    register.knows(name, number)
    member = adds(helper, name, number, "parent").ok(201)["id"]
    body = application(clinic, family_member_id=member)
    visit = call(apply_for_visit, "POST", "/visits", body, who=helper.caller).ok(201)
    person = new_patient(name, verified=False)
    proven = Proven(name, parse_id_number(number, clock.now().date()), "authority", "number")
    with Work(by=person.caller, doing="test.set_up") as work:
        record(work, person.person.id, proven, clock.now())
    own, own_visit = patient_id_of(person.person.id, clinic.id), applied(clinic, person)["id"]
    return TwoFiles(person, helper, own, visit["patient"]["patient_id"], member, own_visit, visit["id"])


def file_before_real_names(clinic: Clinic, name: str) -> str:
    """The file of somebody with an account, of whom nobody has seen a card."""
    person_id = new_patient(name, verified=False).person.id
    file = Patient(
        id=patient_id_of(person_id, clinic.id),
        person_id=person_id,
        organisation_id=clinic.id,
        opened_at=clock.now(),
        name=name,
        name_hash=name_hash_of(clinic.id, name),
    )
    with Work(by=clinic.admin.caller, doing="test.set_up") as work:
        return work.add(patients, file).id
