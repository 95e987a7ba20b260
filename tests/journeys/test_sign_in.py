"""Who may come in, and what is said to those who may not."""

from __future__ import annotations

import pytest

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Device, Patient, a_phone, of_the_platform

pytestmark = pytest.mark.journey

SESSIONS = "/identity/patient-sessions"


def wrong(code: str) -> str:
    """Another code than this."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_number_nobody_knows_becomes_an_account(hospital: HospitalProcess) -> None:
    """Before the code is proven nothing tells a known number from an unknown one; after it, the person stays."""
    patient = Patient.new(hospital, verified=False)
    profile = patient.ok("GET", "/identity/me")
    assert profile == patient.me
    assert (profile["role"], profile["name"], profile["organisation_id"]) == ("patient", None, None)
    assert profile["phone_masked"] == f"{patient.phone[:3]}****{patient.phone[-4:]}"

    stranger = Device(hospital)
    for phone in (patient.phone, a_phone()):
        answer = stranger.ok("POST", "/identity/codes", {"phone": phone})
        assert answer == {"retry_after_seconds": 60, "expires_in_seconds": 300}
        code = hospital.messages_to(phone)[0]["text"].split()[1][:6]
        guess = {"phone": phone, "code": wrong(code)}
        assert stranger.refused(401, "sign_in.code_wrong", "POST", SESSIONS, guess) == {"tries_left": 4}

    patient.ok("PATCH", "/identity/me", {"name": "王小明", "preferences": {"large_font": True}})
    patient.ok("POST", SESSIONS, {"phone": patient.phone, "code": patient.code()})
    again = patient.on_another_device()
    assert again.person_id == patient.person_id
    assert (again.me["name"], again.me["preferences"]["large_font"]) == ("王小明", True)


def test_codes_are_few_and_good_for_five_tries(hospital: HospitalProcess) -> None:
    """A second code within the minute is refused; the fifth wrong try ends the code, even for whoever has it."""
    device, phone = Device(hospital), a_phone()
    device.ok("POST", "/identity/codes", {"phone": phone})
    facts = device.refused(429, "sign_in.too_many_codes", "POST", "/identity/codes", {"phone": phone})
    assert 50 <= facts["retry_after_seconds"] <= 60
    code = hospital.messages_to(phone)[0]["text"].split()[1][:6]
    guess = {"phone": phone, "code": wrong(code)}
    for left in (4, 3, 2, 1):
        assert device.refused(401, "sign_in.code_wrong", "POST", SESSIONS, guess) == {"tries_left": left}
    for tried in (wrong(code), code, code):
        device.refused(429, "sign_in.too_many_tries", "POST", SESSIONS, {"phone": phone, "code": tried})


def test_a_code_opens_one_session(hospital: HospitalProcess) -> None:
    """Used is used up; and it is good for its own number only."""
    first, second = Patient(hospital), Patient(hospital)
    for patient in (first, second):
        patient.phone = a_phone()
        patient.ok("POST", "/identity/codes", {"phone": patient.phone})
    crossed = {"phone": second.phone, "code": first.code()}
    if first.code() != second.code():
        second.refused(401, "sign_in.code_wrong", "POST", SESSIONS, crossed)
    told = {"phone": first.phone, "code": first.code()}
    first.ok("POST", SESSIONS, told)
    first.refused(401, "sign_in.code_wrong", "POST", SESSIONS, told)


def test_staff_come_in_by_password_and_it_is_not_said_what_was_wrong(hospital: HospitalProcess) -> None:
    """Account unknown or password wrong: the same answer. Ten times wrong, and the right one has to wait too."""
    clinic = Clinic.founded(hospital)
    account = clinic.accounts("doctor")[0]
    device, path = Device(hospital), "/identity/staff-sessions"
    for name in (account["account"], "nobody.here"):
        assert device.refused(401, "sign_in.refused", "POST", path, {"account": name, "password": "guess"}) == {}
    doctor = clinic.doctor()
    assert (doctor.me["role"], doctor.me["organisation_id"]) == ("doctor", clinic.organisation_id)
    assert doctor.me["practitioner_role_id"] == account["practitioner_role_id"]
    for _ in range(9):
        device.refused(401, "sign_in.refused", "POST", path, {"account": account["account"], "password": "guess"})
    told = {"account": account["account"], "password": account["password"]}
    facts = device.refused(429, "sign_in.too_many_tries", "POST", path, told)
    assert 0 < facts["retry_after_seconds"] <= 900
    colleague = clinic.doctor(1)
    assert colleague.me["name"] != doctor.me["name"]


def test_the_sign_in_log_shows_what_went_well_and_what_did_not(hospital: HospitalProcess) -> None:
    """One's own log: time, how, from where, on which device. Staff and patients alike."""
    clinic = Clinic.founded(hospital)
    account = clinic.accounts("pharmacist")[0]
    told = {"account": account["account"], "password": "guess"}
    Device(hospital, "a burglar's laptop").refused(401, "sign_in.refused", "POST", "/identity/staff-sessions", told)
    pharmacist = clinic.one("pharmacist")
    log = pharmacist.ok("GET", "/identity/sign-ins")["items"]
    assert [(line["outcome"], line["method"], line["device"]) for line in log] == [
        ("succeeded", "totp", "desk of a pharmacist"),
        ("refused", "password", "a burglar's laptop"),
    ]
    assert {line["ip"] for line in log} == {"127.0.0.1"}
    patient = Patient.new(hospital)
    assert [line["method"] for line in patient.ok("GET", "/identity/sign-ins")["items"]] == ["code"]


def test_a_code_of_the_app_opens_one_session_and_the_phones_loss_is_provided_for(hospital: HospitalProcess) -> None:
    """The password alone opens nothing; a code is good once; what stands for the lost phone is good once as well."""
    account = Clinic.founded(hospital).accounts("nurse")[0]
    told = {"account": account["account"], "password": account["password"]}
    device, step = Device(hospital), "/identity/staff-sessions/second-step"
    token = device.ok("POST", "/identity/staff-sessions", told)["step_token"]
    assert device.ask("GET", "/identity/me", Authorization=f"Bearer {token}").status == 401
    device.refused(401, "sign_in.second_factor_wrong", "POST", step, {"step_token": token, "code": "aaaaa-aaaaa"})
    shown = {"step_token": token, "code": hospital.second_factor(account["account"])}
    assert device.ok("POST", step, shown)["me"]["role"] == "nurse"
    device.refused(401, "sign_in.second_factor_used", "POST", step, shown)
    paper = {"step_token": token, "code": hospital.second_factor(account["account"])}
    assert device.ok("POST", step, paper)["recovery_codes"] == []
    assert device.ask("POST", step, paper).status == 401


def test_every_role_is_told_what_it_may_do(hospital: HospitalProcess) -> None:
    """The seven roles sign in, and each sees itself."""
    clinic = Clinic.founded(hospital)
    people = {role: clinic.one(role) for role in ("doctor", "nurse", "pharmacist", "org_admin")}
    people |= {role: of_the_platform(hospital, role) for role in ("operator", "partner")}
    for role, person in people.items():
        profile = person.ok("GET", "/identity/me")
        assert (profile["role"], "account:keep" in profile["permissions"]) == (role, True)
    assert "reference:write" in people["org_admin"].me["permissions"]
    assert "visit:answer" not in people["nurse"].me["permissions"]
    people["org_admin"].refused(
        403, "profile.name_kept_by_organisation", "PATCH", "/identity/me", {"name": "另一个名字"}
    )
