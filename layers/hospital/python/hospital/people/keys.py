"""Keys of people, in the table `people`.

| who asks | key or list |
| --- | --- |
| a person by id | `PERSON#per_1 / PERSON` |
| a person by phone number | `PHONE#<keyed hash> / UNIQUE`, holds the person's id |
| a person's file at an organisation | `PATIENT#pat_1 / PATIENT`; the id follows from person and organisation |
| a member of staff's role | `ROLE#prr_1 / ROLE` |
| the roles of a person | list `of_person`: `ROLES#per_1 / prr_1` |
| the doctors of an organisation that patients see | list `doctors`: `DOCTORS#org_1 / <order>#prr_1` |
| all doctors that patients see | list `all_doctors`: `DOCTORS / <order>#prr_1` |
| a staff account by its name | `ACCOUNT#<name> / ACCOUNT` |
"""

from __future__ import annotations

from hospital import ids
from hospital.records import Key

ALL_DOCTORS = "DOCTORS"


def person_key(person_id: str) -> Key:
    """A person."""
    return Key(f"PERSON#{person_id}", "PERSON")


def phone_key(phone_hash: str) -> Key:
    """Whose phone number it is; `phone_hash` is `secret_keys.lookup_hash("phone", number)`."""
    return Key(f"PHONE#{phone_hash}", "UNIQUE")


def patient_id_of(person_id: str, organisation_id: str) -> str:
    """The id of a person's file at an organisation: there is at most one."""
    return ids.derived_id("pat", person_id, organisation_id)


def patient_key(patient_id: str) -> Key:
    """A patient file."""
    return Key(f"PATIENT#{patient_id}", "PATIENT")


def role_key(practitioner_role_id: str) -> Key:
    """A member of staff's role at an organisation."""
    return Key(f"ROLE#{practitioner_role_id}", "ROLE")


def roles_of_person_key(person_id: str) -> str:
    """The partition of a person's roles."""
    return f"ROLES#{person_id}"


def doctors_key(organisation_id: str) -> str:
    """The partition of an organisation's doctors."""
    return f"DOCTORS#{organisation_id}"


def account_key(name: str) -> Key:
    """A staff account."""
    return Key(f"ACCOUNT#{name.lower()}", "ACCOUNT")
