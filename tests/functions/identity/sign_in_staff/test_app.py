"""Signing in by account and password."""

from __future__ import annotations

import pytest

from hospital.people.keys import account_key, role_key
from hospital.people.store import accounts, roles
from hospital.sessions import passwords
from hospital.sessions.passwords import hash_password, is_password
from hospital.work import Work
from identity.keep_session.app import app as keep_session
from identity.sign_in_staff.app import app
from tests.builders.cloud import Cloud, together
from tests.builders.gateway import Answer, call
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.notes import doctor as somebody
from tests.builders.people import PASSWORD, Clinic, cheap_hash, hire
from tests.builders.sign_in import staff_signs_in

pytestmark = pytest.mark.store


def sign_in(account: str, password: str = PASSWORD, **headers: str) -> Answer:
    return staff_signs_in(account, password, **headers)


def test_a_doctor_signs_in(clinic: Clinic):
    answer = sign_in(clinic.doctor.account)
    opened = answer.ok()
    assert opened["expires_in_seconds"] == 600
    assert opened["me"] == {
        "person_id": clinic.doctor.caller.person_id,
        "name": "李明",
        "phone_masked": None,
        "audience": "staff",
        "role": "doctor",
        "organisation_id": clinic.id,
        "organisation_name": clinic.name,
        "practitioner_role_id": clinic.doctor.role.id,
        "title": "主任医师",
        "department": "心内科",
        "department_id": clinic.doctor.role.department_id,
        "verified": False,
        "permissions": sorted(clinic.doctor.caller.permissions),
        "preferences": {"language": "zh", "large_font": False, "high_contrast": False},
        "password_due": False,
    }
    assert len(opened["recovery_codes"]) == 10, "the first code of the app confirms it"
    assert answer.cookies["refresh_staff"].endswith("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure")
    assert call(keep_session, "GET", "/sessions", token=opened["access_token"]).ok()["items"][0]["current"]


def test_an_operator_belongs_to_no_organisation(cloud):
    me = sign_in(hire("operator").account).ok()["me"]
    assert (me["role"], me["organisation_id"], me["organisation_name"]) == ("operator", None, None)


def test_the_case_of_an_account_does_not_matter_that_of_a_password_does(clinic: Clinic):
    sign_in(clinic.doctor.account.upper()).ok()
    sign_in(clinic.doctor.account, PASSWORD.upper()).refused(401, "sign_in.refused")


def test_a_wrong_password_and_an_unknown_account_are_refused_alike(clinic: Clinic):
    wrong = sign_in(clinic.doctor.account, "wrong")
    unknown = sign_in("nobody", PASSWORD)
    assert wrong.refused(401, "sign_in.refused") == unknown.refused(401, "sign_in.refused") == {}
    assert wrong.headers.keys() == unknown.headers.keys()
    assert not wrong.cookies and not unknown.cookies


def test_a_disabled_account_and_a_withdrawn_role_are_refused_like_a_wrong_password(clinic: Clinic):
    with Work(by=somebody(), doing="test.write") as work:
        account = accounts.need(account_key(clinic.nurse.account))
        work.change(accounts, account, account.having(disabled=True))
        role = roles.need(role_key(clinic.pharmacist.role.id))
        work.change(roles, role, role.having(active=False))
    assert sign_in(clinic.nurse.account).refused(401, "sign_in.refused") == {}
    assert sign_in(clinic.pharmacist.account).refused(401, "sign_in.refused") == {}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"account": "a"},
        {"account": "", "password": "x"},
        {"account": "a b", "password": "x"},
        {"account": "a" * 61, "password": "x"},
        {"account": "李明", "password": "x"},
        {"account": "a", "password": ""},
        {"account": "a", "password": "x" * 201},
        {"account": "a", "password": 7},
        {"account": "a", "password": "x", "extra": 1},
    ],
)
def test_what_cannot_be_an_account_or_password_is_invalid(metrics, body):
    call(app, "POST", "/staff-sessions", body).refused(400, "request.schema_broken")


def test_after_ten_wrong_tries_the_right_password_is_refused_too_for_a_while(clinic: Clinic, time: Time):
    for _ in range(10):
        sign_in(clinic.doctor.account, "wrong").refused(401, "sign_in.refused")
    facts = sign_in(clinic.doctor.account).refused(429, "sign_in.too_many_tries")
    sign_in(clinic.colleague.account).ok()
    time.passes(seconds=facts["retry_after_seconds"])
    sign_in(clinic.doctor.account).ok()


def test_an_unknown_account_is_limited_just_the_same(cloud, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "_decoy", lambda: cheap_hash("nobody's password"))
    for _ in range(10):
        sign_in("nobody", "wrong").refused(401, "sign_in.refused")
    sign_in("nobody", "wrong").refused(429, "sign_in.too_many_tries")


def test_signing_in_rightly_uses_up_nothing(clinic: Clinic):
    for _ in range(12):
        sign_in(clinic.doctor.account).ok()


def test_many_wrong_tries_at_once_get_no_more_than_the_limit(clinic: Clinic):
    answers = together(16, lambda _: sign_in(clinic.doctor.account, "wrong"))
    assert sorted(answer.status for answer in answers) == [401] * 10 + [429] * 6


def test_sign_ins_and_refusals_are_logged_with_time_device_and_address(clinic: Clinic, time: Time):
    sign_in(clinic.doctor.account, "wrong", user_agent="Mozilla on a stolen PC", x_address="198.51.100.9")
    time.passes(minutes=1)
    token = sign_in(clinic.doctor.account, user_agent="Mozilla").ok()["access_token"]
    log = call(keep_session, "GET", "/sign-ins", token=token).ok()["items"]
    assert log == [
        {
            "at": "2026-11-21T06:31:00Z",
            "method": "totp",
            "outcome": "succeeded",
            "device": "Mozilla",
            "ip": "203.0.113.7",
        },
        {
            "at": "2026-11-21T06:30:00Z",
            "method": "password",
            "outcome": "refused",
            "device": "Mozilla on a stolen PC",
            "ip": "198.51.100.9",
        },
    ]


def test_no_password_is_kept_or_logged(clinic: Clinic, cloud: Cloud, journal: Journal):
    sign_in(clinic.doctor.account, "a wrong password").refused(401, "sign_in.refused")
    sign_in(clinic.doctor.account).ok()
    kept = str([cloud.rows(table) for table in ("people", "requests")])
    for secret in (PASSWORD, "a wrong password"):
        assert secret not in kept and secret not in journal.text


def test_passwords_are_kept_as_argon2id_of_the_recommended_cost():
    stored = hash_password("a password")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert is_password("a password", stored)
    assert not is_password("another", stored)
    assert not is_password("a password", None)
    assert not is_password("a password", "no hash at all")
