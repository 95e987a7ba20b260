"""A patient shows who they are."""

from __future__ import annotations

import pytest

from hospital.people.store import get_person
from hospital.verifications.id_number import check_digit
from hospital.verifications.store import get_identity, owner_of_number
from identity.prove_identity.app import app
from identity.view_profile.app import app as view_profile
from tests.builders.cloud import Cloud, together
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf, new_patient
from tests.builders.register import Register

pytestmark = pytest.mark.store


@pytest.fixture
def newcomer(cloud: Cloud) -> PatientOf:
    """A person with an account, and nothing shown yet."""
    return new_patient("小王", verified=False)


def prove(patient: PatientOf, name: str, number: str, **more: str) -> Answer:
    return call(app, "POST", "/real-name", {"name": name, "id_number": number}, who=patient.caller, **more)


@pytest.mark.req("ID-05")
def test_name_and_number_that_match_verify_the_person(newcomer: PatientOf, register: Register, cloud: Cloud):
    call(app, "GET", "/real-name", who=newcomer.caller).refused(403, "identity.not_verified")
    number = an_id_number(sex="female")
    register.knows("王小芳", number)
    shown = prove(newcomer, "王小芳", number.lower()).ok()
    assert shown == {
        "name": "王小芳",
        "id_number_masked": f"{number[:3]}***********{number[-4:]}",
        "sex": "female",
        "level": "authority",
        "method": "number",
        "verified_at": "2026-11-21T06:30:00Z",
        "opens_treatment": True,
    }
    assert call(app, "GET", "/real-name", who=newcomer.caller).ok() == shown
    assert owner_of_number(number) == newcomer.person.id
    me = call(view_profile, "GET", "/me", who=newcomer.caller).ok()
    assert (me["name"], me["verified"]) == ("王小芳", True)
    events = [row for row in cloud.rows("people", "event") if row["type"] == "person.verified.v1"]
    assert len(events) == 1


@pytest.mark.req("ID-05")
def test_a_mismatch_and_a_number_that_cannot_be_verify_nobody(newcomer: PatientOf, register: Register):
    number = an_id_number()
    register.knows("王小芳", number)
    assert prove(newcomer, "王小红", number).refused(422, "identity.mismatch") == {}
    assert prove(newcomer, "王小芳", an_id_number()).refused(422, "identity.mismatch") == {}
    asked = register.asked
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    assert prove(newcomer, "王小芳", wrong).refused(400, "identity.id_number_refused") == {"problem": "check_digit"}
    old = number[:6] + number[8:17]
    assert prove(newcomer, "王小芳", old).refused(400, "identity.id_number_refused") == {"problem": "old_number"}
    prove(newcomer, "王小芳😀", number).refused(400, "identity.name_refused")
    assert register.asked == asked, "nobody is asked about what cannot be"
    assert get_identity(newcomer.person.id) is None
    assert not get_person(newcomer.person.id).verified_at


@pytest.mark.parametrize("name", ["买买提·吐尔逊", "㐂田", "𠮷野美"])
def test_rare_names_come_through_whole(newcomer: PatientOf, register: Register, name: str):
    number = an_id_number()
    register.knows(name, number)
    assert prove(newcomer, name.replace("·", "•"), number).ok()["name"] == name


def test_who_was_born_on_29_february_is_somebody_in_leap_years_alone(newcomer: PatientOf, register: Register):
    leap, common = (first + check_digit(first) for first in ("11010520000229002", "11010519990229002"))
    register.knows("王小芳", leap)
    register.knows("王小芳", common)
    refused = prove(newcomer, "王小芳", common).refused(400, "identity.id_number_refused")
    assert refused == {"problem": "birth_date"}
    assert prove(newcomer, "王小芳", leap).ok()["id_number_masked"] == f"110***********{leap[-4:]}"


def test_a_number_belongs_to_one_account_and_whose_is_not_said(newcomer: PatientOf, register: Register):
    number, first = an_id_number(), new_patient("王小芳", verified=False)
    register.knows("王小芳", number)
    prove(first, "王小芳", number).ok()
    assert prove(newcomer, "王小芳", number).refused(409, "identity.id_number_taken") == {}
    # Whoever does not know the name does not learn either that there is such an account.
    prove(newcomer, "王大芳", number).refused(422, "identity.mismatch")
    assert get_identity(newcomer.person.id) is None


def test_of_many_accounts_at_once_one_gets_the_number(register: Register, cloud: Cloud):
    number, people = an_id_number(), [new_patient("小王", verified=False) for _ in range(4)]
    register.knows("王小芳", number)
    answers = together(4, lambda which: prove(people[which], "王小芳", number))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409], [answer.text for answer in answers]
    (owner,) = [one.person.id for one in people if get_identity(one.person.id) is not None]
    assert owner_of_number(number) == owner


def test_an_account_never_becomes_another_person(newcomer: PatientOf, register: Register):
    mine, other = an_id_number(), an_id_number()
    for name, number in (("王小芳", mine), ("赵大海", other)):
        register.knows(name, number)
    prove(newcomer, "王小芳", mine).ok()
    asked = register.asked
    prove(newcomer, "赵大海", other).refused(409, "identity.already_verified")
    assert register.asked == asked
    assert prove(newcomer, "王小芳", mine).ok()["name"] == "王小芳"
    assert owner_of_number(other) is None


@pytest.mark.parametrize("mood", ["down", "wrong"])
def test_an_authority_that_cannot_say_verifies_nobody_and_costs_no_try(
    newcomer: PatientOf, register: Register, mood: str
):
    number = an_id_number()
    register.knows("王小芳", number)
    register.people.mood = mood  # type: ignore[assignment]
    for _ in range(7):
        prove(newcomer, "王小芳", number).refused(503, "edge.unavailable")
    assert get_identity(newcomer.person.id) is None
    register.people.mood = "well"
    prove(newcomer, "王小芳", number).ok()


def test_who_guesses_is_stopped_for_the_day(newcomer: PatientOf, register: Register, time: Time):
    number = an_id_number()
    register.knows("王小芳", number)
    for wrong in ("王一", "王二", "王三", "王四", "王五"):
        prove(newcomer, wrong, number).refused(422, "identity.mismatch")
    assert prove(newcomer, "王小芳", number).refused(429, "identity.too_many_verifications")["retry_after_seconds"] > 0
    time.passes(days=1)
    prove(newcomer, "王小芳", number).ok()


def test_with_many_accounts_nobody_finds_out_whose_a_number_is(register: Register, cloud: Cloud):
    number = an_id_number()
    register.knows("王小芳", number)
    for _ in range(10):
        prove(new_patient("小王", verified=False), "王大芳", number).refused(422, "identity.mismatch")
    prove(new_patient("小王", verified=False), "王小芳", number).refused(429, "identity.too_many_verifications")


def test_the_name_of_a_card_is_not_changed_by_typing(newcomer: PatientOf, register: Register):
    number = an_id_number()
    register.knows("王小芳", number)
    call(view_profile, "PATCH", "/me", {"name": "小小王"}, who=newcomer.caller).ok()
    prove(newcomer, "王小芳", number).ok()
    call(view_profile, "PATCH", "/me", {"name": "小小王"}, who=newcomer.caller).refused(409, "profile.name_verified")
    call(view_profile, "PATCH", "/me", {"preferences": {"large_font": True}}, who=newcomer.caller).ok()


def test_neither_name_nor_number_lies_anywhere_in_clear(
    newcomer: PatientOf, register: Register, cloud: Cloud, journal: object
):
    number = an_id_number()
    register.knows("王小芳", number)
    prove(newcomer, "王小芳", number, key="key-of-the-page").ok()
    kept = str([cloud.rows(table) for table in ("people", "requests", "listings")])
    for clear in (number, number[6:14], "王小芳"):
        assert clear not in kept
        assert clear not in journal.text  # type: ignore[attr-defined]


def test_staff_have_other_ways(clinic: Clinic, register: Register):
    body = {"name": "王小芳", "id_number": an_id_number()}
    for staff in (clinic.doctor, clinic.admin):
        call(app, "POST", "/real-name", body, who=staff.caller).refused(403, "policy.refused")
    call(app, "POST", "/real-name", body).refused(401, "identity.missing")
