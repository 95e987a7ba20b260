"""Where people are kept."""

from __future__ import annotations

from datetime import UTC, datetime

from pynamodb.expressions.condition import Condition

from hospital import clock, ids, secret_keys
from hospital.caller import Caller
from hospital.errors import DomainError, NotFound
from hospital.people import keys
from hospital.people.errors import NotApproved, NotCheckedIn, PaperNotFound, PatientNotFound, StaffNotFound
from hospital.people.model import Account, Patient, Person, PhoneClaim, PractitionerRole, StaffContact
from hospital.people.papers import CheckIn, Paper, PaperLook
from hospital.records import Key
from hospital.table import Collection
from hospital.work import Work, last_line


def _of_doctors(role: PractitionerRole, partition: str) -> Key | None:
    return Key(partition, f"{role.order:06d}#{role.id}") if role.sees_patients else None


persons = Collection(Person, "people", key=lambda person: keys.person_key(person.id))
phones = Collection(PhoneClaim, "people", key=lambda claim: keys.phone_key(claim.id))
patients = Collection(
    Patient,
    "people",
    key=lambda patient: keys.patient_key(patient.id),
    lists={
        "of_name": lambda patient: (
            Key(keys.named_key(patient.organisation_id, patient.name_hash), patient.id) if patient.name_hash else None
        )
    },
)
accounts = Collection(
    Account,
    "people",
    key=lambda account: keys.account_key(account.id),
    lists={"of_role": lambda account: Key(keys.accounts_key(account.practitioner_role_id), account.id)},
)
roles = Collection(
    PractitionerRole,
    "people",
    key=lambda role: keys.role_key(role.id),
    lists={
        "staff": lambda role: Key(keys.staff_key(role.organisation_id), f"{role.order:06d}#{role.id}"),
        "doctors": lambda role: _of_doctors(role, keys.doctors_key(role.organisation_id)),
        "all_doctors": lambda role: _of_doctors(role, keys.ALL_DOCTORS),
    },
)

staff_contacts = Collection(
    StaffContact,
    "people",
    key=lambda contact: keys.staff_contact_key(contact.id),
    lists={
        "of_phone": lambda contact: (
            Key(keys.staff_phones_key(contact.organisation_id, contact.phone_hash), contact.id)
            if contact.phone_hash
            else None
        )
    },
)
papers = Collection(Paper, "people", key=lambda paper: keys.paper_key(paper.practitioner_role_id, paper.id))
scan_looks = Collection(
    PaperLook, "people", key=lambda look: keys.scan_look_key(look.practitioner_role_id, look.paper_id, look.id)
)
check_ins = Collection(CheckIn, "people", key=lambda check: keys.check_in_key(check.id))
_MOST_PAPERS = 100


def get_person(person_id: str) -> Person:
    """The person; `NotFound` when there is none."""
    return persons.need(keys.person_key(person_id))


def owner_of_phone(typed: str) -> str | None:
    """The id of whose number it is, however it was typed."""
    digits = "".join(character for character in typed if character.isdecimal())
    claim = phones.get(keys.phone_key(secret_keys.lookup_hash("phone", digits)))
    return claim.person_id if claim else None


def claim_phone(work: Work, claim: PhoneClaim, *, otherwise: DomainError) -> None:
    """The number is this person's from here on; `otherwise` where it is somebody's. It may have been another's once,
    who has another number by now: the lines about it go on."""
    work.add(phones, claim, after=last_line(phones, keys.phone_key(claim.id)), otherwise=otherwise)


def get_doctor(practitioner_role_id: str) -> PractitionerRole:
    """A doctor whom patients may choose; `NotFound` for anybody else."""
    role = roles.get(keys.role_key(practitioner_role_id)) if ids.is_id(practitioner_role_id) else None
    if role is None or not role.sees_patients or not role.serves(clock.now()):
        raise NotFound
    return role


def staff_phone_hash_of(organisation_id: str, typed: str) -> str:
    """Under which an organisation finds the phone of its staff again, however it is typed: its own, so that no two
    lists can be laid side by side."""
    digits = "".join(character for character in typed if character.isdecimal())
    return secret_keys.lookup_hash("staff_phone", f"{organisation_id}\x1f{digits}")


def staff_of_phone(organisation_id: str, typed: str, *, limit: int = 20) -> list[PractitionerRole]:
    """Who works, or worked, at the organisation and is reached under exactly that number."""
    partition = keys.staff_phones_key(organisation_id, staff_phone_hash_of(organisation_id, typed))
    found = staff_contacts.page("of_phone", partition, limit=limit).items
    return roles.get_all(keys.role_key(one.id) for one in found) if found else []


def account_of(practitioner_role_id: str) -> Account | None:
    """The account of a member of staff, if there is one."""
    found = accounts.page("of_role", keys.accounts_key(practitioner_role_id), limit=1).items
    return found[0] if found else None


def hands_of(who: Caller) -> tuple[str, ...]:
    """In whose hands an account is whose password `who` sets: see `Account.hands`."""
    if not who.organisation_id:
        return ()
    account = account_of(who.practitioner_role_id)
    return account.reach if account else (who.practitioner_role_id,)


def get_patient(person_id: str, organisation_id: str) -> Patient | None:
    """The person's own file at the organisation, if one was opened: also where another stands for it."""
    return patients.get(keys.patient_key(keys.patient_id_of(person_id, organisation_id)))


def get_own_file(organisation_id: str, patient_id: str) -> Patient:
    """A file of that organisation, also where another stands for it; `PatientNotFound`, also for another one's."""
    patient = patients.get(keys.patient_key(patient_id)) if ids.is_id(patient_id) else None
    if patient is None or not organisation_id or patient.organisation_id != organisation_id:
        raise PatientNotFound
    return patient


def get_patient_of(organisation_id: str, patient_id: str) -> Patient:
    """A file of that organisation, or the one that stands for it; `PatientNotFound`, also for another one's."""
    return standing_for(get_own_file(organisation_id, patient_id))


def standing_for(file: Patient) -> Patient:
    """The file that stands for this one: itself, unless it was merged."""
    return patients.need(keys.patient_key(file.merged_into)) if file.merged_into else file


def same_person(person_id: str, organisation_id: str) -> tuple[str, ...]:
    """Whom the organisation knows to be that person, by their merged files; themselves where there are none."""
    file = get_patient(person_id, organisation_id)
    return standing_for(file).person_ids if file else (person_id,)


def files_of_one_person(patient_id: str) -> tuple[str, ...]:
    """All files that an organisation merged with this one, itself among them; none where there is no such file."""
    file = patients.get(keys.patient_key(patient_id))
    if file is None:
        return ()
    standing = standing_for(file)
    return (standing.id, *(one.patient_id for one in standing.taken_in))


def name_hash_of(organisation_id: str, name: str) -> str:
    """Under which an organisation finds a name again: its own, so that no two lists can be laid side by side."""
    return secret_keys.lookup_hash("patient_name", f"{organisation_id}\x1f{name}")


def in_force(now: datetime) -> Condition:
    """Of lists: those whose papers have not run out."""
    still: Condition = roles["valid_until"].does_not_exist() | (roles["valid_until"] > _text(now))
    return still


def run_out(now: datetime) -> Condition:
    """Of lists: those whose papers have."""
    over: Condition = roles["valid_until"] <= _text(now)
    return over


def _text(now: datetime) -> str:
    """A moment as records hold it."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def get_staff(practitioner_role_id: str) -> PractitionerRole:
    """Somebody who works here, or did; `StaffNotFound` when there is none."""
    role = roles.get(keys.role_key(practitioner_role_id)) if ids.is_id(practitioner_role_id) else None
    if role is None:
        raise StaffNotFound
    return role


def papers_of(practitioner_role_id: str) -> list[Paper]:
    """What they have shown and not withdrawn, the oldest first."""
    found, _ = papers.between(keys.role_key(practitioner_role_id).pk, "PAPER#", "PAPER#~", limit=_MOST_PAPERS)
    return [one for one in found if one.withdrawn_at is None]


def get_paper(practitioner_role_id: str, paper_id: str) -> Paper:
    """One of them; `PaperNotFound`."""
    found = papers.get(keys.paper_key(practitioner_role_id, paper_id)) if ids.is_id(paper_id) else None
    if found is None or found.withdrawn_at is not None:
        raise PaperNotFound
    return found


def require_serving(practitioner_role_id: str, now: datetime) -> None:
    """That they are approved and, if a doctor, have shown who they are: `NotApproved`, `NotCheckedIn`. One read."""
    place, check_place = keys.role_key(practitioner_role_id), keys.check_in_key(practitioner_role_id)
    items = roles.table.read_all([place, check_place])
    role = roles.from_item(items[place]) if place in items else None
    if role is None or not role.serves(now):
        raise NotApproved(standing=role.as_of(now).standing if role else "removed")
    check = check_ins.from_item(items[check_place]) if check_place in items else None
    if role.role == "doctor" and (check is None or now >= check.until):
        raise NotCheckedIn(rule="VISIT-REAL-DOCTOR")
