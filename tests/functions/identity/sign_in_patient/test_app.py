"""Signing in by phone and one-time code."""

from __future__ import annotations

import pytest

from identity.keep_session.app import app as keep_session
from identity.sign_in_patient.app import app
from tests.builders.cloud import Cloud, client, together
from tests.builders.gateway import Answer, call
from tests.builders.inbox import Inbox
from tests.builders.journal import Journal
from tests.builders.moments import Time
from tests.builders.people import PatientOf

pytestmark = pytest.mark.store

PHONE = "13912345678"


def ask(phone: str = PHONE, **headers: str) -> Answer:
    return call(app, "POST", "/codes", {"phone": phone}, **headers)


def sign_in(code: str, phone: str = PHONE, **headers: str) -> Answer:
    return call(app, "POST", "/patient-sessions", {"phone": phone, "code": code}, **headers)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_arrives_and_opens_a_session(inbox: Inbox, cloud: Cloud):
    assert ask().ok(202) == {"retry_after_seconds": 60, "expires_in_seconds": 300}
    assert [text["phone"] for text in inbox.texts] == [PHONE]
    answer = sign_in(inbox.code(PHONE), user_agent="a phone")
    opened = answer.ok()
    assert opened["expires_in_seconds"] == 600
    assert opened["me"] == {
        "person_id": opened["me"]["person_id"],
        "name": None,
        "phone_masked": "139****5678",
        "audience": "patient",
        "role": "patient",
        "organisation_id": None,
        "organisation_name": None,
        "practitioner_role_id": None,
        "title": None,
        "department": None,
        "department_id": None,
        "verified": False,
        "permissions": [
            "account:keep",
            "blacklist:appeal",
            "call:hold",
            "card:keep",
            "consent:keep",
            "conversation:take_part",
            "data_copy:ask",
            "emergency:see_own",
            "family:keep",
            "identity:prove",
            "past_visit:read",
            "sign_in_method:keep",
            "visit:apply",
            "visit:read",
        ],
        "preferences": {"language": "zh", "large_font": False, "high_contrast": False},
        "password_due": False,
    }
    assert answer.cookies["refresh_patient"].endswith("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict; Secure")
    assert call(keep_session, "GET", "/sessions", token=opened["access_token"]).ok()["items"][0]["device"] == "a phone"


def test_over_http_the_cookie_is_not_marked_secure(inbox: Inbox, cloud: Cloud):
    cloud.turn(SITE_ORIGIN="http://127.0.0.1:8700")
    ask()
    assert "Secure" not in sign_in(inbox.code(PHONE)).cookies["refresh_patient"]


def test_the_same_phone_is_the_same_person(inbox: Inbox, time: Time, patient: PatientOf):
    ask(patient.phone)
    first = sign_in(inbox.code(patient.phone), patient.phone).ok()["me"]
    time.passes(minutes=1)
    ask(patient.phone)
    second = sign_in(inbox.code(patient.phone), patient.phone).ok()["me"]
    assert first["person_id"] == second["person_id"] == patient.person.id
    assert second["name"] == "王芳"


def test_nothing_tells_whether_a_number_is_known_until_the_code_is_proven(inbox: Inbox, patient: PatientOf):
    known, unknown = ask(patient.phone), ask(PHONE)
    assert known.ok(202) == unknown.ok(202)
    assert known.headers.keys() == unknown.headers.keys()
    again = [ask(phone).refused(429, "sign_in.too_many_codes") for phone in (patient.phone, PHONE)]
    assert again[0] == again[1]
    for _ in range(4):
        tries = [
            sign_in(wrong(inbox.code(phone)), phone).refused(401, "sign_in.code_wrong")
            for phone in (patient.phone, PHONE)
        ]
        assert tries[0] == tries[1]
    last = [
        sign_in(wrong(inbox.code(phone)), phone).refused(429, "sign_in.too_many_tries")
        for phone in (patient.phone, PHONE)
    ]
    assert last[0] == last[1]


def test_a_number_that_was_sent_no_code_is_refused_like_a_wrong_code(inbox: Inbox, patient: PatientOf):
    assert sign_in("123456", patient.phone).refused(401, "sign_in.code_wrong") == {"tries_left": 0}
    assert sign_in("123456", PHONE).refused(401, "sign_in.code_wrong") == {"tries_left": 0}


def test_five_tries_and_the_right_code_is_worth_nothing_any_more(inbox: Inbox):
    ask()
    code = inbox.code(PHONE)
    left = [sign_in(wrong(code)).refused(401, "sign_in.code_wrong")["tries_left"] for _ in range(4)]
    assert left == [4, 3, 2, 1]
    sign_in(wrong(code)).refused(429, "sign_in.too_many_tries")
    sign_in(code).refused(429, "sign_in.too_many_tries")


def test_the_fifth_try_may_be_the_right_one(inbox: Inbox):
    ask()
    code = inbox.code(PHONE)
    for _ in range(4):
        sign_in(wrong(code)).refused(401, "sign_in.code_wrong")
    sign_in(code).ok()


def test_a_new_code_gives_new_tries_and_ends_the_old_one(inbox: Inbox, time: Time):
    ask()
    old = inbox.code(PHONE)
    for _ in range(5):
        sign_in(wrong(old))
    time.passes(seconds=60)
    ask().ok(202)
    new = inbox.code(PHONE)
    if new != old:
        sign_in(old).refused(401, "sign_in.code_wrong")
    sign_in(new).ok()


def test_a_code_is_good_for_five_minutes(inbox: Inbox, time: Time):
    ask()
    time.passes(seconds=299)
    sign_in(inbox.code(PHONE)).ok()
    ask().ok(202)
    time.passes(seconds=300)
    assert sign_in(inbox.code(PHONE)).refused(401, "sign_in.code_wrong") == {"tries_left": 0}


def test_a_code_opens_one_session(inbox: Inbox):
    ask()
    code = inbox.code(PHONE)
    sign_in(code).ok()
    sign_in(code).refused(401, "sign_in.code_wrong")


def test_a_code_shown_eight_times_at_once_opens_one_session(inbox: Inbox, cloud: Cloud):
    ask()
    code = inbox.code(PHONE)
    answers = together(8, lambda _: sign_in(code))
    assert [answer.status for answer in answers].count(200) == 1
    assert {answer.status for answer in answers} <= {200, 401, 429}
    kinds = [row["kind"] for row in cloud.rows("people", "record")]
    assert (kinds.count("Person"), kinds.count("Session")) == (1, 1)


def test_a_code_is_for_its_own_phone(inbox: Inbox):
    ask(PHONE), ask("13900000000")
    codes = inbox.code(PHONE), inbox.code("13900000000")
    if codes[0] != codes[1]:
        sign_in(codes[0], "13900000000").refused(401, "sign_in.code_wrong")
    sign_in(codes[0], PHONE).ok()


def test_one_code_a_minute(inbox: Inbox, time: Time):
    ask().ok(202)
    time.passes(seconds=20)
    assert ask().refused(429, "sign_in.too_many_codes") == {"retry_after_seconds": 40}
    time.passes(seconds=40)
    ask().ok(202)
    assert len(inbox.texts) == 2


def test_eight_requests_at_once_send_one_code(inbox: Inbox):
    answers = together(8, lambda _: ask())
    assert sorted(answer.status for answer in answers) == [202] + [429] * 7
    assert len(inbox.texts) == 1


def test_eight_codes_an_hour_for_a_phone(inbox: Inbox, time: Time):
    time.passes(minutes=30)
    for _ in range(8):
        ask().ok(202)
        time.passes(minutes=1)
    facts = ask().refused(429, "sign_in.too_many_codes")
    assert facts == {"retry_after_seconds": 52 * 60}
    ask("13900000000").ok(202)
    time.passes(seconds=facts["retry_after_seconds"])
    ask().ok(202)


def test_three_hundred_codes_an_hour_for_an_address(inbox: Inbox, cloud: Cloud, monkeypatch: pytest.MonkeyPatch):
    rows = [row for row in cloud.rows("requests", "limit") if "code_of_address" in row["pk"]]
    assert rows == []
    ask().ok(202)
    (row,) = [item for item in cloud.items("requests") if "code_of_address" in item["pk"]["S"]]
    client("dynamodb").put_item(TableName="test-requests", Item=row | {"used": {"N": "300"}})
    ask("13900000000").refused(429, "sign_in.too_many_codes")
    ask("13900000000", x_address="198.51.100.1").ok(202)


def test_a_text_that_cannot_be_sent_is_said_and_may_be_asked_for_again_at_once(inbox: Inbox, time: Time):
    inbox.mood = "refused"
    assert ask().refused(503, "edge.unavailable") == {"adapter": "sms"}
    inbox.mood = "taken"
    ask().ok(202)
    sign_in(inbox.code(PHONE)).ok()


@pytest.mark.parametrize(
    "phone",
    ["", "1391234567", "139123456789", "12912345678", "+8613912345678", "1391234567a", "１３９１２３４５６７８", 139],
)
def test_what_can_be_no_phone_is_invalid(metrics, phone):
    call(app, "POST", "/codes", {"phone": phone}).refused(400, "request.schema_broken")
    call(app, "POST", "/patient-sessions", {"phone": phone, "code": "123456"}).refused(400, "request.schema_broken")


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", 123456, None])
def test_what_can_be_no_code_is_invalid_and_costs_no_try(inbox: Inbox, code):
    ask()
    call(app, "POST", "/patient-sessions", {"phone": PHONE, "code": code}).refused(400, "request.schema_broken")
    assert sign_in(wrong(inbox.code(PHONE))).refused(401, "sign_in.code_wrong") == {"tries_left": 4}


def test_refused_tries_are_in_the_sign_in_log_of_a_known_person(inbox: Inbox, time: Time, patient: PatientOf):
    ask(patient.phone)
    sign_in(wrong(inbox.code(patient.phone)), patient.phone, user_agent="a thief", x_address="198.51.100.9")
    time.passes(seconds=5)
    token = sign_in(inbox.code(patient.phone), patient.phone).ok()["access_token"]
    log = call(keep_session, "GET", "/sign-ins", token=token).ok()["items"]
    assert [(line["outcome"], line["method"], line["ip"]) for line in log] == [
        ("succeeded", "code", "203.0.113.7"),
        ("refused", "code", "198.51.100.9"),
    ]


def test_neither_phone_nor_code_is_kept_or_logged_in_clear(inbox: Inbox, cloud: Cloud, journal: Journal):
    ask()
    code = inbox.code(PHONE)
    sign_in(wrong(code)), sign_in(code).ok()
    kept = str([cloud.rows(table) for table in ("people", "requests")])
    assert PHONE not in kept and PHONE not in journal.text
    assert f"'{code}'" not in kept and code not in journal.text


def test_what_a_sign_in_writes_is_audited(inbox: Inbox, cloud: Cloud):
    ask()
    sign_in(inbox.code(PHONE)).ok()
    lines = cloud.rows("people", "audit")
    assert sorted(line["kind"] for line in lines) == ["Person", "PhoneClaim", "Session"]
    assert {tuple(line["acts"]) for line in lines} == {("session.open",)}
    assert {line["route"] for line in lines} == {"POST /patient-sessions"}
    assert all(line["by"] == {"system": "POST /patient-sessions"} for line in lines), "nobody had signed in yet"
