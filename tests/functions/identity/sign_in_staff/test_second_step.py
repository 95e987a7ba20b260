"""The second step of a member of staff's sign-in: enrolment, codes of the app, recovery codes, and what is no step."""

from __future__ import annotations

from typing import Any

import pytest

from hospital.people.keys import account_key, role_key
from hospital.people.store import accounts, roles
from hospital.sessions.keys import second_factor_key
from hospital.sessions.store import second_factors
from hospital.sessions.totp import code_at, step_of
from hospital.work import Work
from identity.keep_session.app import app as keep_session
from identity.sign_in_staff.app import app
from tests.builders.cloud import Cloud, together
from tests.builders.gateway import call
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.notes import doctor as somebody
from tests.builders.people import PASSWORD, Clinic, Staff
from tests.builders.sign_in import second_step, staff_device

pytestmark = pytest.mark.store


def first_step(staff: Staff) -> Any:
    return call(app, "POST", "/staff-sessions", {"account": staff.account, "password": PASSWORD}).ok()


def secret_of(staff: Staff) -> str:
    return second_factors.need(second_factor_key(staff.account)).secret


def enrolled(staff: Staff, time: Time) -> list[str]:
    """Their recovery codes; the code of this step is used."""
    asked = first_step(staff)
    code = code_at(asked["enrolment"]["secret"], step_of(time.now))
    codes: list[str] = second_step(asked["step_token"], code).ok()["recovery_codes"]
    return codes


def test_a_password_alone_opens_nothing(clinic: Clinic):
    answer = call(app, "POST", "/staff-sessions", {"account": clinic.doctor.account, "password": PASSWORD})
    asked = answer.ok()
    assert asked.keys() == {"step_token", "expires_in_seconds", "enrolment"} and asked["expires_in_seconds"] == 300
    assert not answer.cookies
    assert call(keep_session, "GET", "/sessions", token=asked["step_token"]).status == 401


def test_the_first_code_enrols_the_app_and_the_secret_is_never_shown_again(clinic: Clinic, time: Time):
    asked = first_step(clinic.doctor)
    secret = asked["enrolment"]["secret"]
    assert f"secret={secret}" in asked["enrolment"]["uri"]
    again = first_step(clinic.doctor)
    assert again["enrolment"]["secret"] == secret, "a page loaded anew does not spoil what the app was given"
    second_step(asked["step_token"], "000000").refused(401, "sign_in.second_factor_wrong")
    opened = second_step(asked["step_token"], code_at(secret, step_of(time.now))).ok()
    assert len(opened["recovery_codes"]) == 10 and opened["me"]["role"] == "doctor"
    time.passes(minutes=1)
    later = first_step(clinic.doctor)
    assert later["enrolment"] is None
    assert second_step(later["step_token"], code_at(secret, step_of(time.now))).ok()["recovery_codes"] == []


def test_a_code_opens_one_session_and_no_second(clinic: Clinic, time: Time):
    enrolled(clinic.doctor, time)
    time.passes(minutes=1)
    code, asked = code_at(secret_of(clinic.doctor), step_of(time.now)), first_step(clinic.doctor)
    second_step(asked["step_token"], code).ok()
    second_step(asked["step_token"], code).refused(401, "sign_in.second_factor_used")
    second_step(first_step(clinic.doctor)["step_token"], code).refused(401, "sign_in.second_factor_used")


def test_of_many_who_show_the_same_code_at_once_one_gets_in(clinic: Clinic, time: Time):
    enrolled(clinic.doctor, time)
    time.passes(minutes=1)
    code, asked = code_at(secret_of(clinic.doctor), step_of(time.now)), first_step(clinic.doctor)
    answers = together(6, lambda _: second_step(asked["step_token"], code))
    assert sorted(answer.status for answer in answers) == [200] + [401] * 5


def test_a_recovery_code_opens_one_session_when_the_phone_is_lost(clinic: Clinic, time: Time):
    written = enrolled(clinic.doctor, time)
    asked = first_step(clinic.doctor)
    answers = together(4, lambda _: second_step(asked["step_token"], written[0]))
    assert sorted(answer.status for answer in answers) == [200, 401, 401, 401]
    token = next(answer for answer in answers if answer.status == 200).json["access_token"]
    second_step(asked["step_token"], written[0]).refused(401, "sign_in.second_factor_wrong")
    second_step(asked["step_token"], written[1]).ok()
    log = call(keep_session, "GET", "/sign-ins", token=token).ok()["items"]
    assert [line["outcome"] for line in log if line["method"] == "recovery_code"] == ["succeeded", "succeeded"]


def test_ten_wrong_codes_and_the_right_one_is_refused_too_for_a_while(clinic: Clinic, time: Time):
    written = enrolled(clinic.doctor, time)
    asked = first_step(clinic.doctor)
    for _ in range(10):
        second_step(asked["step_token"], "000000").refused(401, "sign_in.second_factor_wrong")
    facts = second_step(asked["step_token"], written[0]).refused(429, "sign_in.too_many_tries")
    time.passes(seconds=facts["retry_after_seconds"])
    second_step(first_step(clinic.doctor)["step_token"], written[0]).ok()


def test_wrong_codes_are_in_the_log_of_the_accounts_owner(clinic: Clinic, time: Time):
    enrolled(clinic.doctor, time)
    second_step(first_step(clinic.doctor)["step_token"], "000000", user_agent="a thief's").refused(
        401, "sign_in.second_factor_wrong"
    )
    log = call(keep_session, "GET", "/sign-ins", token=staff_device(clinic.doctor).token).ok()["items"]
    assert ("totp", "refused", "a thief's") in [(line["method"], line["outcome"], line["device"]) for line in log]


def test_a_step_is_good_for_five_minutes_and_as_long_as_the_password_counts(clinic: Clinic, time: Time):
    written = enrolled(clinic.doctor, time)
    late = first_step(clinic.doctor)["step_token"]
    time.passes(minutes=5)
    second_step(late, written[0]).refused(401, "sign_in.second_step_over")
    asked = first_step(clinic.doctor)["step_token"]
    with Work(by=somebody(), doing="test.write") as work:
        account = accounts.need(account_key(clinic.doctor.account))
        work.change(accounts, account, account.having(password_hash="another"))
    second_step(asked, written[0]).refused(401, "sign_in.second_step_over")


def test_who_left_between_the_steps_does_not_get_in(clinic: Clinic, time: Time):
    asked = first_step(clinic.nurse)
    with Work(by=somebody(), doing="test.write") as work:
        role = roles.need(role_key(clinic.nurse.role.id))
        work.change(roles, role, role.having(active=False))
    code = code_at(asked["enrolment"]["secret"], step_of(time.now))
    second_step(asked["step_token"], code).refused(401, "sign_in.second_step_over")


def test_what_is_no_step_token(clinic: Clinic):
    access = staff_device(clinic.doctor).token
    for token in ("x", "a.b.c", access, access[:-2] + "AA"):
        second_step(token, "123456").refused(401, "sign_in.second_step_over")


@pytest.mark.parametrize("code", ["", "12345", "123456789012345678", "１２３４５６", "12345\n6", 123456])
def test_what_cannot_be_a_code_is_invalid(metrics, code):
    body = {"step_token": "x", "code": code}
    call(app, "POST", "/staff-sessions/second-step", body).refused(400, "request.schema_broken")


def test_neither_secret_nor_codes_are_kept_or_logged(clinic: Clinic, cloud: Cloud, journal: Journal, time: Time):
    written = enrolled(clinic.doctor, time)
    kept = str([cloud.rows(table) for table in ("people", "requests")])
    for secret in (secret_of(clinic.doctor), written[0], written[0].replace("-", "")):
        assert secret not in kept and secret not in journal.text


def test_the_second_step_reads_once_for_account_role_person_and_factor(clinic: Clinic, time: Time):
    staff_device(clinic.doctor)
    time.passes(minutes=1)
    asked = first_step(clinic.doctor)
    code = code_at(secret_of(clinic.doctor), step_of(time.now))
    calls: list[str] = []
    events = roles.table.connection.client.meta.events
    events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name), unique_id="calls")
    second_step(asked["step_token"], code).ok()
    events.unregister("before-call.dynamodb", unique_id="calls")
    assert calls == ["BatchGetItem", "TransactWriteItems", "BatchGetItem"], "read, written, where they work"
