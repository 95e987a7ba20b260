"""The other way: a code on the phone, a card on the counter."""

from __future__ import annotations

import pytest

from hospital.verifications.store import get_identity
from identity.check_at_counter.app import app
from identity.prove_identity.app import app as prove_identity
from tests.builders.cloud import Cloud
from tests.builders.gateway import Answer, call
from tests.builders.moments import Time
from tests.builders.numbers import an_id_number
from tests.builders.people import Clinic, PatientOf, Staff, found_clinic, new_patient

pytestmark = pytest.mark.store


@pytest.fixture
def newcomer(cloud: Cloud) -> PatientOf:
    """A person with an account, and nothing shown yet."""
    return new_patient("小王", verified=False)


def code_of(patient: PatientOf) -> str:
    code: str = call(prove_identity, "POST", "/counter-codes", who=patient.caller).ok(201)["code"]
    return code


def begin(staff: Staff, code: str) -> Answer:
    return call(app, "POST", "/counter-checks", {"code": code}, who=staff.caller)


def confirm(staff: Staff, check_id: str, name: str = "王小芳", number: str | None = None) -> Answer:
    body = {"name": name, "id_number": number or an_id_number()}
    return call(app, "POST", f"/counter-checks/{check_id}/confirm", body, who=staff.caller)


def test_card_and_code_have_the_same_result_as_any_other_way(clinic: Clinic, newcomer: PatientOf, cloud: Cloud):
    check = begin(clinic.admin, code_of(newcomer)).ok(201)
    masked = f"{newcomer.phone[:3]}****{newcomer.phone[-4:]}"
    assert (check["phone_masked"], check["said_name"], check["confirmed_at"]) == (masked, "小王", None)
    number = an_id_number()
    confirmed = confirm(clinic.admin, check["id"], number=number).ok()
    assert confirmed["confirmed_at"] == "2026-11-21T06:30:00Z"
    shown = call(prove_identity, "GET", "/real-name", who=newcomer.caller).ok()
    assert (shown["name"], shown["level"], shown["method"]) == ("王小芳", "manual", "counter")
    assert shown["opens_treatment"] is True
    identity = get_identity(newcomer.person.id)
    assert identity is not None
    assert (identity.reference, identity.id_number) == (check["id"], number)
    told = {row["type"] for row in cloud.rows("people", "event")}
    assert {"counter_check.confirmed.v1", "person.verified.v1"} <= told
    lines = [row for row in cloud.rows("people", "audit") if row["kind"] == "CounterCheck"]
    assert [line["organisation_id"] for line in lines] == [clinic.id, clinic.id]


def test_a_code_is_good_once_and_for_its_time(clinic: Clinic, newcomer: PatientOf, time: Time):
    code = code_of(newcomer)
    begin(clinic.admin, code).ok(201)
    begin(clinic.admin, code).refused(404, "identity.counter_code_wrong")
    late = code_of(newcomer)
    time.passes(minutes=15)
    begin(clinic.admin, late).refused(404, "identity.counter_code_wrong")


def test_codes_are_not_found_by_trying(clinic: Clinic, newcomer: PatientOf):
    right = code_of(newcomer)
    for number in range(20):
        guess = f"{(int(right) + 1 + number) % 10**8:08d}"
        begin(clinic.admin, guess).refused(404, "identity.counter_code_wrong")
    begin(clinic.admin, right).refused(429, "identity.too_many_verifications")


def test_a_check_is_of_whoever_began_it_and_ends(clinic: Clinic, newcomer: PatientOf, time: Time):
    check_id = begin(clinic.admin, code_of(newcomer)).ok(201)["id"]
    confirm(found_clinic().admin, check_id).refused(404, "identity.counter_check_not_found")
    confirm(clinic.admin, "chk_unknown").refused(404, "identity.counter_check_not_found")
    time.passes(minutes=15)
    confirm(clinic.admin, check_id).refused(410, "identity.counter_check_over")
    assert get_identity(newcomer.person.id) is None


def test_a_card_with_an_impossible_number_is_not_written_down(clinic: Clinic, newcomer: PatientOf):
    check_id = begin(clinic.admin, code_of(newcomer)).ok(201)["id"]
    number = an_id_number()
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    assert confirm(clinic.admin, check_id, number=wrong).refused(400, "identity.id_number_refused")
    confirm(clinic.admin, check_id, number=number).ok()
    confirm(clinic.admin, check_id, number=number).refused(410, "identity.counter_check_over")


def test_a_number_of_another_account_is_refused_at_the_counter_too(clinic: Clinic, newcomer: PatientOf):
    owner = get_identity(new_patient("王小芳").person.id)
    assert owner is not None
    check_id = begin(clinic.admin, code_of(newcomer)).ok(201)["id"]
    assert confirm(clinic.admin, check_id, number=owner.id_number).refused(409, "identity.id_number_taken") == {}


def test_only_who_may_check_does(clinic: Clinic, newcomer: PatientOf):
    code = code_of(newcomer)
    for staff in (clinic.doctor, clinic.nurse, clinic.auditor):
        begin(staff, code).refused(403, "policy.refused")
    call(app, "POST", "/counter-checks", {"code": code}, who=newcomer.caller).refused(403, "policy.refused")
    call(app, "POST", "/counter-checks", {"code": code}).refused(401, "identity.missing")
