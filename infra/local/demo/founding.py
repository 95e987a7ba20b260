"""Founding organisations: those of the demo, and fresh ones for presentations and tests. One mechanism for both.

Runs on a function's thread (`LocalHospital.as_function`), so that it sees settings and reaches the store as any
function does.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Any

from hospital import clock, ids, secret_keys
from hospital.caller import Role, system
from hospital.people.model import Account, Person, PhoneClaim, PractitionerRole
from hospital.people.store import accounts, persons, phones, roles
from hospital.reference.kinds import KINDS
from hospital.reference.model import Item
from hospital.reference.store import claim_code, items
from hospital.sessions.passwords import hash_password
from hospital.work import Work

from . import words

PASSWORD = "yunzhen-demo"
_BY = system("demo")
_DOING = "demo.found"


def found_demo() -> dict[str, Any]:
    """The small demo: organisations, three patients, operator and partner; the accounts to sign in with, as
    `GET /sandbox/api/accounts` shows them."""
    founded = [found_organisation(plan, mark=f"@{plan.mark}") for plan in words.ORGANISATIONS]
    for phone, name in words.PATIENTS:
        _admit(phone, name)
    return accounts_of(founded, [{"phone": phone, "name": name} for phone, name in words.PATIENTS])


def accounts_of(founded: list[dict[str, Any]], patients: list[dict[str, str]]) -> dict[str, Any]:
    """The accounts of these organisations and of the platform, which is founded with them."""
    staff = [one | {"organisation": each["name"]} for each in founded for one in each["staff"]]
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
    organisation = _item("organisation_profiles", "", _profile(plan))
    own = organisation.id
    departments = list(dict.fromkeys(doctor.department for doctor in plan.doctors))
    for number, department in enumerate(departments):
        _item("departments", own, {"code": f"d{number + 1:02d}", "name": department, "order": number})
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
            organisation_id=own,
            order=number,
        )
        for number, doctor in enumerate(plan.doctors)
    ]
    for account, name, role, title, department in words.STAFF:
        staff.append(_employ(f"{account}{mark}", name, role, title, department, organisation_id=own))
    return {
        "organisation_id": own,
        "name": plan.name,
        "notice": {"id": notice.id, "version": notice.version},
        "reasons": [{"id": reason.id, "words": reason.content["words"]} for reason in reasons],
        "staff": staff,
    }


def _profile(plan: words.Organisation) -> dict[str, Any]:
    return {
        "name": plan.name,
        "introduction": plan.introduction,
        "address": plan.address,
        "phone": plan.phone,
    }


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
                introduction=introduction,
                order=order,
            ),
        )
        opened = Account(id=account, person_id=person.id, practitioner_role_id=held.id, password_hash=_password_hash())
        work.add(accounts, opened)
    return {
        "account": account,
        "password": PASSWORD,
        "name": name,
        "role": role,
        "practitioner_role_id": held.id,
        "person_id": person.id,
    }


def _admit(phone: str, name: str) -> None:
    """A patient who has an account already."""
    phone_hash = secret_keys.lookup_hash("phone", phone)
    with Work(by=_BY, doing=_DOING) as work:
        person = work.add(persons, Person(id=ids.new_id("per"), phone=phone, name=name, joined_at=clock.now()))
        work.add(phones, PhoneClaim(id=phone_hash, person_id=person.id))


@lru_cache(maxsize=1)
def _password_hash() -> str:
    return hash_password(PASSWORD)
