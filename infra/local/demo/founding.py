"""Founding organisations: those of the demo, and fresh ones for presentations and tests. One mechanism for both.

Runs on a function's thread (`LocalHospital.as_function`), so that it sees settings and reaches the store as any
function does.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from functools import lru_cache
from typing import Any

from hospital import clock, ids
from hospital.caller import Role, system
from hospital.organisations.model import Department, Organisation
from hospital.organisations.store import found_department, take_in_staff
from hospital.organisations.store import found_organisation as store_organisation
from hospital.people.model import Account, Person, PractitionerRole
from hospital.people.papers import CheckIn
from hospital.people.store import accounts, check_ins, persons, roles
from hospital.reference.kinds import KINDS
from hospital.reference.model import Item
from hospital.reference.store import claim_code, items
from hospital.sessions.passwords import hash_password
from hospital.sessions.store import second_factors
from hospital.work import Work

from . import words
from .admission import admit, made_up_number
from .dictionary_sets import fill_dictionaries
from .duties import give_duties
from .second_factors import seeded_factor

PASSWORD = "yunzhen-demo"
_BY = system("demo")
_DOING = "demo.found"


def found_demo() -> dict[str, Any]:
    """The small demo: organisations, three patients, operator and partner; the accounts to sign in with, as
    `GET /sandbox/api/accounts` shows them."""
    founded = [found_organisation(plan, mark=f"@{plan.mark}") for plan in words.ORGANISATIONS]
    patients = []
    for count, (phone, name) in enumerate(words.PATIENTS):
        id_number = made_up_number(count, 1980, "male" if count == 0 else "female")
        admit(phone, name, id_number)
        patients.append({"phone": phone, "name": name, "id_number": id_number})
    return accounts_of(founded, patients)


def accounts_of(founded: list[dict[str, Any]], patients: list[dict[str, str]]) -> dict[str, Any]:
    """The accounts of these organisations and of the platform, which is founded with them."""
    for each in founded:
        give_duties(each)
    staff = [one | {"organisation": each["name"]} for each in founded for one in each["staff"]]
    _paper_kinds()
    for each in founded:
        fill_dictionaries(each["organisation_id"])
    platform = [
        _employ("operator1", "平台运营员", "operator", "", organisation_id=""),
        _employ("partner1", "合作方", "partner", "", organisation_id=""),
    ]
    staff += [one | {"organisation": "云诊平台"} for one in platform]
    return {"patients": patients, "staff": staff}


def found_fresh(name: str | None) -> dict[str, Any]:
    """An organisation of its own, with accounts that nobody else has."""
    mark = secrets.token_hex(4)
    plan = words.Organisation(
        mark=mark,
        name=name or f"云诊测试医院 {mark}",
        introduction="供演示和测试使用。",
        address="",
        phone="",
        doctors=words.PLAIN_DOCTORS,
    )
    return found_organisation(plan, mark=f"@{mark}")


def found_organisation(plan: words.Organisation, *, mark: str) -> dict[str, Any]:
    """One organisation with its staff and reference data."""
    own = _organisation(plan, mark)
    departments = _departments(own, plan)
    for number, (code, title) in enumerate(words.TITLES):
        _item("titles", own, {"code": code, "name": title, "order": number})
    for number, (question, answer) in enumerate(words.FAQS):
        _item("faqs", own, {"question": question, "answer": answer, "order": number})
    for code, channel, text in words.TEMPLATES:
        _item("message_templates", own, {"code": code, "channel": channel, "text": text})
    notice = _item("consultation_notices", own, {"title": words.NOTICE_TITLE, "text": words.NOTICE})
    for number, text in enumerate(words.QUICK_REPLIES):
        _item("quick_replies", own, {"text": text, "order": number})
    reasons = [
        _item("refusal_reasons", own, {"code": code, "words": reason, "order": number})
        for number, (code, reason) in enumerate(words.REFUSAL_REASONS)
    ]
    staff = [
        _employ(
            f"{doctor.account}{mark}",
            doctor.name,
            "doctor",
            doctor.title,
            doctor.department,
            doctor.introduction,
            department_id=departments[doctor.department],
            organisation_id=own,
            order=number,
        )
        for number, doctor in enumerate(plan.doctors)
    ]
    for account, name, role, title, department in words.STAFF:
        place = departments[department]
        staff.append(
            _employ(f"{account}{mark}", name, role, title, department, organisation_id=own, department_id=place)
        )
    return {
        "organisation_id": own,
        "name": plan.name,
        "notice": {"id": notice.id, "version": notice.version},
        "reasons": [{"id": reason.id, "words": reason.content["words"]} for reason in reasons],
        "staff": staff,
    }


def _organisation(plan: words.Organisation, mark: str) -> str:
    content = {"name": plan.name, "introduction": plan.introduction, "address": plan.address, "phone": plan.phone}
    with Work(by=_BY, doing=_DOING) as work:
        founded = Organisation.found(None, {"code": mark.removeprefix("@"), **content}, clock.now())
        return store_organisation(work, founded).id


def _departments(organisation_id: str, plan: words.Organisation) -> dict[str, str]:
    """Department's name -> its id. Those with doctors are open for consultations; the others are the house's own."""
    clinical = list(dict.fromkeys(doctor.department for doctor in plan.doctors))
    own = list(dict.fromkeys(department for *_, department in words.STAFF if department not in clinical))
    found = {}
    for number, name in enumerate(clinical + own):
        services = ("text_consultation", "video_visit") if name in clinical else ()
        content = {"code": f"d{number + 1:02d}", "name": name, "order": number, "services": services}
        with Work(by=_BY, doing=_DOING) as work:
            found[name] = found_department(work, Department.found(organisation_id, content)).id
    return found


def _paper_kinds() -> None:
    for number, (code, name, role) in enumerate(words.PAPER_KINDS):
        _item("paper_kinds", "", {"code": code, "name": name, "role": role, "need": "required", "order": number})


def _checked_in(practitioner_role_id: str) -> CheckIn:
    """The doctors of the founding have shown who they are, for as long as anybody looks at them."""
    now = clock.now()
    until = now + timedelta(days=3650)
    return CheckIn(id=practitioner_role_id, number_hash="", method="founded", checked_at=now, until=until)


def _item(kind_name: str, organisation_id: str, content: dict[str, Any]) -> Item:
    kind = KINDS[kind_name]
    with Work(by=_BY, doing=_DOING) as work:
        item = work.add(items, Item.create(kind, organisation_id, kind.schema.model_validate(content), clock.now()))
        claim_code(work, kind, item)
    return item


def _employ(
    account: str,
    name: str,
    role: Role,
    title: str,
    department: str = "",
    introduction: str = "",
    *,
    organisation_id: str,
    department_id: str = "",
    order: int = 1000,
) -> dict[str, Any]:
    """A member of staff with an account; the account as the sign-in page shows it."""
    now = clock.now()
    with Work(by=_BY, doing=_DOING) as work:
        person = work.add(persons, Person(id=ids.new_id("per"), name=name, joined_at=now))
        held = work.add(
            roles,
            PractitionerRole(
                id=ids.new_id("prr"),
                person_id=person.id,
                organisation_id=organisation_id,
                role=role,
                name=name,
                title=title,
                department=department,
                department_id=department_id,
                standing="approved",
                introduction=introduction,
                order=order,
            ),
        )
        opened = Account(id=account, person_id=person.id, practitioner_role_id=held.id, password_hash=_password_hash())
        work.add(accounts, opened)
        work.add(second_factors, seeded_factor(account.lower()))
        if role == "doctor":
            work.add(check_ins, _checked_in(held.id))
        take_in_staff(work, organisation_id, department_id)
    return {
        "account": account,
        "password": PASSWORD,
        "name": name,
        "role": role,
        "practitioner_role_id": held.id,
        "person_id": person.id,
    }


@lru_cache(maxsize=1)
def _password_hash() -> str:
    return hash_password(PASSWORD)
