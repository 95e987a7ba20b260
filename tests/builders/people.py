"""People of a test: an organisation with its staff, and patients."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher

from hospital import clock, ids, secret_keys
from hospital.caller import Asked, Caller, Role, system
from hospital.organisations.keys import department_code_id, departments_key
from hospital.organisations.model import CodeClaim, Department, Organisation
from hospital.organisations.store import code_claims, departments, found_organisation
from hospital.people.model import Account, Person, PhoneClaim, PractitionerRole
from hospital.people.papers import CheckIn
from hospital.people.store import accounts, check_ins, persons, phones, roles
from hospital.policy import PERMISSIONS
from hospital.reference.kinds import KINDS
from hospital.reference.model import Item
from hospital.reference.store import claim_code, items
from hospital.verifications.id_number import parse_id_number
from hospital.verifications.model import Level, Proven
from hospital.verifications.recording import record
from hospital.work import Work
from tests.builders.numbers import an_id_number

DEPARTMENT = "心内科"
PASSWORD = "cloud over the mountain"
_PHONES = itertools.count(13_800_000_000)
_NAMES = itertools.count(1)


@dataclass(frozen=True)
class Staff:
    """A member of staff: their role, the name of their account (the password is `PASSWORD`), and them as a caller."""

    role: PractitionerRole
    account: str
    caller: Caller


@dataclass(frozen=True)
class Clinic:
    """An organisation in use: two doctors and one of each other role, a notice, two refusal reasons."""

    id: str
    name: str
    notice: Item
    reasons: tuple[Item, Item]
    doctor: Staff
    colleague: Staff
    nurse: Staff
    pharmacist: Staff
    admin: Staff
    auditor: Staff
    clerk: Staff


@dataclass(frozen=True)
class PatientOf:
    """A person who signs in by phone, and them as a caller."""

    person: Person
    phone: str
    caller: Caller


def found_clinic(name: str = "云山诊所") -> Clinic:
    """A new organisation, stored in one transaction."""
    name = f"{name} {next(_NAMES)}"
    with Work(by=system("builder"), doing="test.set_up") as work:
        organisation = Organisation.found(None, {"code": f"c{next(_NAMES)}", "name": name}, clock.now())
        profile = found_organisation(work, organisation)
        content = {"code": "cardio", "name": DEPARTMENT, "services": ("text_consultation", "video_visit")}
        department = work.add(departments, Department.found(profile.id, content))
        code = department_code_id(profile.id, department.code)
        work.add(code_claims, CodeClaim(id=code, owner_id=department.id))
        notice = _item(
            work, "consultation_notices", profile.id, {"title": "咨询须知", "text": "咨询不能代替面诊。急症请去医院。"}
        )
        reasons = tuple(
            _item(work, "refusal_reasons", profile.id, {"code": code, "words": words})
            for code, words in (("offline", "病情需要面诊"), ("other_field", "不属于本专业"))
        )
        staff = {
            who: _hire(work, role, profile.id, called, department)
            for who, role, called in (
                ("doctor", "doctor", "李明"),
                ("colleague", "doctor", "赵静"),
                ("nurse", "nurse", "周敏"),
                ("pharmacist", "pharmacist", "孙立"),
                ("admin", "org_admin", "钱进"),
                ("auditor", "auditor", "林正"),
                ("clerk", "clerk", "许悦"),
            )
        }
    return Clinic(id=profile.id, name=name, notice=notice, reasons=(reasons[0], reasons[1]), **staff)


def hire(role: Role, organisation_id: str = "", name: str = "陈晨") -> Staff:
    """One more member of staff; a platform operator has no organisation."""
    with Work(by=system("builder"), doing="test.set_up") as work:
        return _hire(work, role, organisation_id, name, _department_of(organisation_id))


def new_patient(name: str | None = "王芳", *, verified: bool = True, level: Level = "authority") -> PatientOf:
    """A person with an account, known by a phone number of their own, who has shown who they are (or has not)."""
    phone, now = str(next(_PHONES)), clock.now()
    verified = verified and name is not None
    with Work(by=system("builder"), doing="test.set_up") as work:
        person = Person(id=ids.new_id("per"), phone=phone, name=name, joined_at=now)
        if verified and name is not None:
            person = person.verified_as(name, now)
            number = parse_id_number(an_id_number(), now.date())
            record(work, person.id, Proven(name, number, level, "number"), now)
        person = work.add(persons, person)
        work.add(phones, PhoneClaim(id=secret_keys.lookup_hash("phone", phone), person_id=person.id))
    return PatientOf(person, phone, caller(person.id, "patient"))


def caller(person_id: str, role: Role, organisation_id: str = "", practitioner_role_id: str = "") -> Caller:
    """Somebody who acts, with the rights of their role."""
    return Caller(
        person_id=person_id,
        role=role,
        asked=Asked(request_id="req-test", route="TEST /route", ip="203.0.113.7", device="test"),
        session_id="",
        organisation_id=organisation_id,
        practitioner_role_id=practitioner_role_id,
        permissions=PERMISSIONS[role],
    )


def _item(work: Work, kind_name: str, organisation_id: str, content: dict[str, object]) -> Item:
    kind = KINDS[kind_name]
    item = work.add(items, Item.create(kind, organisation_id, kind.schema.model_validate(content), clock.now()))
    claim_code(work, kind, item)
    return item


def _department_of(organisation_id: str) -> Department | None:
    """The one that the organisation was founded with."""
    found = departments.page("of_organisation", departments_key(organisation_id), limit=1).items
    return found[0] if found else None


def _hire(work: Work, role: Role, organisation_id: str, name: str, department: Department | None) -> Staff:
    person = work.add(persons, Person(id=ids.new_id("per"), joined_at=clock.now()))
    is_doctor = role == "doctor"
    stored = work.add(
        roles,
        PractitionerRole(
            id=ids.new_id("prr"),
            person_id=person.id,
            organisation_id=organisation_id,
            role=role,
            name=name,
            title="主任医师" if is_doctor else "",
            department=department.name if is_doctor and department else "",
            department_id=department.id if is_doctor and department else "",
            standing="approved",
        ),
    )
    if is_doctor:
        work.add(check_ins, checked_in(stored.id))
    account = f"staff{next(_NAMES)}"
    work.add(
        accounts,
        Account(id=account, person_id=person.id, practitioner_role_id=stored.id, password_hash=cheap_hash(PASSWORD)),
    )
    return Staff(stored, account, caller(person.id, role, organisation_id, stored.id))


def checked_in(practitioner_role_id: str) -> CheckIn:
    """That a doctor has shown who they are, for longer than any test lasts."""
    now = clock.now()
    return CheckIn(
        id=practitioner_role_id, number_hash="", method="founded", checked_at=now, until=now + timedelta(days=3650)
    )


@cache
def cheap_hash(password: str) -> str:
    """A true argon2id hash of the least cost: the cost is read from the hash when it is verified."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
