"""Families of tests: people known to the register, added, confirmed at a counter, agreed."""

from __future__ import annotations

from datetime import date
from typing import Any

from hospital.verifications.store import get_identity
from identity.check_at_counter.app import app as check_at_counter
from identity.keep_family.app import app as keep_family
from identity.prove_identity.app import app as prove_identity
from infra.local.his.server import HisServer
from tests.builders.gateway import Answer, call
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf
from tests.builders.register import Register

PAPER = {"kind": "birth_certificate", "number": "R320001234"}
A_CHILD = date(2020, 5, 4)


def adds(who: PatientOf, name: str, number: str, relation: str = "child", **more: Any) -> Answer:
    """Somebody puts a person on their list."""
    body = {"name": name, "id_number": number, "relation": relation, **more}
    return call(keep_family, "POST", "/family", body, who=who.caller)


def added_child(who: PatientOf, register: Register, name: str = "王小宝", born: date = A_CHILD) -> dict[str, Any]:
    """A child on somebody's list, pending."""
    number = an_id_number(born=born)
    register.knows(name, number)
    child: dict[str, Any] = adds(who, name, number, paper=PAPER).ok(201)
    return child


def added_adult(who: PatientOf, adult: PatientOf, register: Register, relation: str = "parent") -> dict[str, Any]:
    """An adult with an account of their own on somebody's list, pending."""
    identity = get_identity(adult.person.id)
    assert identity is not None
    register.knows(identity.name, identity.id_number)
    member: dict[str, Any] = adds(who, identity.name, identity.id_number, relation).ok(201)
    return member


def at_counter(who: PatientOf, clinic: Clinic) -> str:
    """They stand before the clinic's admin; the check's id."""
    code = call(prove_identity, "POST", "/counter-codes", who=who.caller).ok(201)["code"]
    check = call(check_at_counter, "POST", "/counter-checks", {"code": code}, who=clinic.admin.caller).ok(201)
    return str(check["id"])


def confirms(clinic: Clinic, check_id: str, member_id: str) -> Answer:
    """The admin has seen the paper."""
    path = f"/counter-checks/{check_id}/children/{member_id}/confirm"
    return call(check_at_counter, "POST", path, who=clinic.admin.caller)


def confirmed_child(who: PatientOf, clinic: Clinic, register: Register) -> dict[str, Any]:
    """A child whose guardian's paper was seen."""
    child = added_child(who, register)
    confirms(clinic, at_counter(who, clinic), child["id"]).ok()
    return child


def agrees(adult: PatientOf, member_id: str, text_version: int = 1) -> Answer:
    """The adult lets the other act for them."""
    body = {"text_version": text_version}
    return call(keep_family, "POST", f"/family-helpers/{member_id}/agree", body, who=adult.caller)


def member(who: PatientOf, member_id: str) -> Answer:
    """One of the list."""
    return call(keep_family, "GET", f"/family/{member_id}", who=who.caller)


def family(who: PatientOf) -> dict[str, Any]:
    """Both directions."""
    seen: dict[str, Any] = call(keep_family, "GET", "/family", who=who.caller).ok()
    return seen


def file_of(his: HisServer, who: PatientOf, phone: str) -> None:
    """The hospital's own system has a file of that person, with that phone."""
    identity = get_identity(who.person.id)
    assert identity is not None
    his.records.open({"id_number": identity.id_number, "name": identity.name, "phone": phone}, "")


def asks_by_phone(who: PatientOf, member_id: str, key: str | None = None) -> Answer:
    """A text goes to the phone that the HIS holds."""
    return call(keep_family, "POST", f"/family/{member_id}/code", who=who.caller, key=key)


def joins(who: PatientOf, member_id: str, code: str, text_version: int = 1) -> Answer:
    """Who was asked told the code."""
    body = {"code": code, "text_version": text_version}
    return call(keep_family, "POST", f"/family/{member_id}/join", body, who=who.caller)
