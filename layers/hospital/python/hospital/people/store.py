"""Where people are kept."""

from __future__ import annotations

from hospital import ids
from hospital.errors import NotFound
from hospital.people import keys
from hospital.people.model import Account, Patient, Person, PhoneClaim, PractitionerRole
from hospital.records import Key
from hospital.table import Collection


def _of_doctors(role: PractitionerRole, partition: str) -> Key | None:
    return Key(partition, f"{role.order:06d}#{role.id}") if role.sees_patients else None


persons = Collection(Person, "people", key=lambda person: keys.person_key(person.id))
phones = Collection(PhoneClaim, "people", key=lambda claim: keys.phone_key(claim.id))
patients = Collection(Patient, "people", key=lambda patient: keys.patient_key(patient.id))
accounts = Collection(Account, "people", key=lambda account: keys.account_key(account.id))
roles = Collection(
    PractitionerRole,
    "people",
    key=lambda role: keys.role_key(role.id),
    lists={
        "of_person": lambda role: Key(keys.roles_of_person_key(role.person_id), role.id),
        "doctors": lambda role: _of_doctors(role, keys.doctors_key(role.organisation_id)),
        "all_doctors": lambda role: _of_doctors(role, keys.ALL_DOCTORS),
    },
)


def get_person(person_id: str) -> Person:
    """The person; `NotFound` when there is none."""
    return persons.need(keys.person_key(person_id))


def get_doctor(practitioner_role_id: str) -> PractitionerRole:
    """A doctor whom patients may choose; `NotFound` for anybody else."""
    role = roles.get(keys.role_key(practitioner_role_id)) if ids.is_id(practitioner_role_id) else None
    if role is None or not role.sees_patients:
        raise NotFound
    return role


def get_patient(person_id: str, organisation_id: str) -> Patient | None:
    """The person's file at the organisation, if one was opened."""
    return patients.get(keys.patient_key(keys.patient_id_of(person_id, organisation_id)))
