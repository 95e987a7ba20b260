"""Keys of people, in the table `people`.

| who asks | key or list |
| --- | --- |
| a person by id | `PERSON#per_1 / PERSON` |
| a person by phone number | `PHONE#<keyed hash> / UNIQUE`, holds the person's id |
| a person's file at an organisation | `PATIENT#pat_1 / PATIENT`; the id follows from person and organisation |
| the files of an organisation under a name | list `of_name`: `PATIENTS#org_1#<keyed hash> / pat_1` |
| a member of staff's role | `ROLE#prr_1 / ROLE` |
| how a member of staff is reached | `ROLE#prr_1 / CONTACT` |
| the staff of an organisation under a phone number | list `of_phone`: `STAFF_PHONES#org_1#<keyed hash> / prr_1` |
| a paper of a member of staff | `ROLE#prr_1 / PAPER#pap_1` |
| that somebody was given its scan | `ROLE#prr_1 / SCAN_LOOK#pap_1#lok_1` |
| that a doctor has shown who they are | `ROLE#prr_1 / CHECK_IN` |
| who works at an organisation, or did | list `staff`: `STAFF#org_1 / <order>#prr_1` |
| the doctors of an organisation that patients see | list `doctors`: `DOCTORS#org_1 / <order>#prr_1` |
| all doctors that patients see | list `all_doctors`: `DOCTORS / <order>#prr_1` |
| a staff account by its name | `ACCOUNT#<name> / ACCOUNT` |
| the account of a member of staff | list `of_role`: `ACCOUNTS#prr_1 / <name>` |
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


def named_key(organisation_id: str, name_hash: str) -> str:
    """The partition of an organisation's files under one name; see `store.name_hash_of`."""
    return f"PATIENTS#{organisation_id}#{name_hash}"


def role_key(practitioner_role_id: str) -> Key:
    """A member of staff's role at an organisation."""
    return Key(f"ROLE#{practitioner_role_id}", "ROLE")


def staff_contact_key(practitioner_role_id: str) -> Key:
    """How a member of staff is reached."""
    return Key(f"ROLE#{practitioner_role_id}", "CONTACT")


def staff_phones_key(organisation_id: str, phone_hash: str) -> str:
    """The partition of an organisation's staff under one phone number; see `store.staff_phone_hash_of`."""
    return f"STAFF_PHONES#{organisation_id}#{phone_hash}"


def paper_key(practitioner_role_id: str, paper_id: str) -> Key:
    """A paper of a member of staff."""
    return Key(f"ROLE#{practitioner_role_id}", f"PAPER#{paper_id}")


def scan_look_key(practitioner_role_id: str, paper_id: str, look_id: str) -> Key:
    """That somebody was given the scan of a paper."""
    return Key(f"ROLE#{practitioner_role_id}", f"SCAN_LOOK#{paper_id}#{look_id}")


def check_in_key(practitioner_role_id: str) -> Key:
    """That a doctor has shown who they are."""
    return Key(f"ROLE#{practitioner_role_id}", "CHECK_IN")


def staff_key(organisation_id: str) -> str:
    """The partition of an organisation's staff; `organisation_id` is empty for the platform's."""
    return f"STAFF#{organisation_id}"


def doctors_key(organisation_id: str) -> str:
    """The partition of an organisation's doctors."""
    return f"DOCTORS#{organisation_id}"


def account_key(name: str) -> Key:
    """A staff account."""
    return Key(f"ACCOUNT#{name.lower()}", "ACCOUNT")


def accounts_key(practitioner_role_id: str) -> str:
    """The partition of a role's account."""
    return f"ACCOUNTS#{practitioner_role_id}"
