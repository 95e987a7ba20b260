"""Tokens that open nothing: forged, expired, revoked, borrowed, mangled."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import pickle
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.journeys.hospital import HospitalProcess
from tests.journeys.people import Clinic, Json, Patient, of_the_platform

pytestmark = pytest.mark.journey

ANOTHER_KEY = b"another hospital's key, as long as ours"


@pytest.fixture(scope="module")
def patient(hospital: HospitalProcess) -> Patient:
    """Somebody with a good token."""
    return Patient.new(hospital)


@pytest.fixture(scope="module")
def signing_key(hospital: HospitalProcess) -> bytes:
    """The hospital's own key, derived from its secret as it lies in the state folder. Nobody outside has it; with it
    a test makes tokens that are wrong in one thing only."""
    with closing(sqlite3.connect(_copy_of_the_database(hospital))) as database:
        (state,) = database.execute("SELECT state FROM backends WHERE service = 'secretsmanager'").fetchone()
    secrets = pickle.loads(state)["secrets"]
    seed = next(secret.secret_string for name, secret in secrets.items() if "token" in name)
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"yunzhen/token").derive(seed.encode())


def _copy_of_the_database(hospital: HospitalProcess) -> Path:
    """The hospital holds the file for itself alone; what is in it and its log can be copied."""
    folder = hospital.state.parent / "copied"
    folder.mkdir()
    for path in hospital.state.glob("hospital.db*"):
        shutil.copy(path, folder)
    return folder / "hospital.db"


def claims_in(patient: Patient) -> tuple[Json, Json]:
    """Header and claims of a good token."""
    assert patient.token is not None
    return jwt.get_unverified_header(patient.token), jwt.decode(patient.token, options={"verify_signature": False})


def answer_to(hospital: HospitalProcess, authorization: str | bytes | None) -> tuple[int, str]:
    """Status and code of a question asked with that header."""
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = requests.get(f"{hospital.origin}/api/identity/me", headers=headers, timeout=20)
    return answer.status_code, answer.json().get("code", "")


REFUSED = (401, "identity.missing")


def test_a_token_made_as_the_hospital_makes_it_is_good(
    hospital: HospitalProcess, patient: Patient, signing_key: bytes
) -> None:
    """So that the tests below fail for the one thing that they changed, and not for another."""
    header, claims = claims_in(patient)
    token = jwt.encode(claims, signing_key, algorithm="HS256", headers=header)
    assert answer_to(hospital, f"Bearer {token}") == (200, "")


@pytest.mark.parametrize("seconds", [1, 86400])
def test_an_expired_token(hospital: HospitalProcess, patient: Patient, signing_key: bytes, seconds: int) -> None:
    """Since a second, since a day."""
    header, claims = claims_in(patient)
    token = signed(header, {**claims, "exp": int(time.time()) - seconds}, signing_key)
    assert answer_to(hospital, f"Bearer {token}") == REFUSED


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 0},
        {"exp": -(2**63)},
        {"exp": None},
        {"iss": "another"},
        {"sid": "ses_00000000000000000000000000"},
        {"sid": None},
        {"sid": ["ses_1"]},
        {"sid": "ses_1\x00"},
        {"sid": ""},
        {"sub": None},
        {"prr": "prr_00000000000000000000000000"},
        {"prr": 1},
    ],
    ids=repr,
)
def test_a_signed_token_that_says_something_wrong(
    hospital: HospitalProcess, patient: Patient, signing_key: bytes, changed: dict[str, Any]
) -> None:
    """Whatever a signer of ours would never write."""
    header, claims = claims_in(patient)
    told = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    token = signed(header, told, signing_key)
    assert answer_to(hospital, f"Bearer {token}") == REFUSED


def test_a_token_says_only_which_session_it_is(hospital: HospitalProcess, patient: Patient, signing_key: bytes) -> None:
    """Role and person are read from the session, even if a token claimed others."""
    header, claims = claims_in(patient)
    token = signed(header, {**claims, "sub": "per_00000000", "role": "operator"}, signing_key)
    answer = requests.get(
        f"{hospital.origin}/api/identity/me", headers={"Authorization": f"Bearer {token}"}, timeout=20
    )
    assert answer.status_code == 401 or answer.json()["person_id"] == patient.person_id
    assert answer.status_code == 401 or answer.json()["role"] == "patient"


def encoded(value: Any) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def signed(header: Json, claims: Json, key: bytes, digest: Callable[[], Any] = hashlib.sha256) -> str:
    """A token put together by hand, so that it may say what a library would refuse to write."""
    text = f"{encoded(header)}.{encoded(claims)}"
    mac = hmac.new(key, text.encode(), digest).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def test_forged_tokens(hospital: HospitalProcess, patient: Patient, signing_key: bytes) -> None:
    """Another key, another algorithm, no signature, changed after signing, a key id that is none."""
    header, claims = claims_in(patient)
    assert patient.token is not None
    head, body, mac = patient.token.split(".")
    other = Patient.new(hospital)
    assert other.token is not None
    forged = {
        "another key": signed(header, claims, ANOTHER_KEY),
        "an empty key": signed(header, claims, b""),
        "another's claims": f"{head}.{other.token.split('.')[1]}.{mac}",
        "changed claims": f"{head}.{encoded({**claims, 'exp': claims['exp'] + 86400})}.{mac}",
        "no algorithm": f"{encoded({**header, 'alg': 'none'})}.{body}.",
        "no algorithm, signed": f"{encoded({**header, 'alg': 'none'})}.{body}.{mac}",
        "another algorithm": signed({**header, "alg": "HS512"}, claims, signing_key, hashlib.sha512),
        "a public key's algorithm": f"{encoded({**header, 'alg': 'RS256'})}.{body}.{mac}",
        "an unknown key id": signed({**header, "kid": "00000000"}, claims, signing_key),
        "no key id": signed({"alg": "HS256", "typ": "JWT"}, claims, signing_key),
        "a key id that is no text": signed({**header, "kid": ["x"]}, claims, signing_key),
        "a key id that is an object": signed({**header, "kid": {}}, claims, signing_key),
        "claims that are a list": signed(header, [claims], signing_key),  # type: ignore[arg-type]
        "a header that is a list": f"{encoded([header])}.{body}.{mac}",
        "cut off": patient.token[:-3],
        "two parts": f"{head}.{body}",
        "four parts": f"{patient.token}.x",
        "no base64": f"{head}.%%%.{mac}",
        "nothing": "",
        "dots": "..",
        "long": "a" * 5000,
        "deep": f"{head}.{base64.urlsafe_b64encode(b'[' * 3000).decode()}.{mac}",
        "the refresh token": patient.browser.cookies["refresh_patient"],
    }
    answers = {name: answer_to(hospital, f"Bearer {token}") for name, token in forged.items()}
    assert {name: answer for name, answer in answers.items() if answer != REFUSED} == {}


@pytest.mark.parametrize("written", ["{}", "bearer{}", "Basic {}", "Token {}", "Bearer", "Bearer  ", "Bearer {} {}"])
def test_headers_that_are_no_bearer_token(hospital: HospitalProcess, patient: Patient, written: str) -> None:
    """The scheme is said, and nothing stands beside the token."""
    assert answer_to(hospital, written.replace("{}", str(patient.token))) == REFUSED
    assert answer_to(hospital, None) == REFUSED
    assert answer_to(hospital, "Bearer ключ".encode()) == REFUSED


def test_revoked_tokens(hospital: HospitalProcess) -> None:
    """Signed out, or ended from elsewhere: the token is not expired, and yet over with the next request."""
    clinic = Clinic.founded(hospital)
    people = [Patient.new(hospital), clinic.doctor(), clinic.one("org_admin"), of_the_platform(hospital, "operator")]
    for person in people:
        token = f"Bearer {person.token}"
        assert answer_to(hospital, token)[0] == 200
        person.ok("POST", "/identity/sign-out")
        assert answer_to(hospital, token) == REFUSED


@pytest.mark.parametrize("audience", ["patient", "staff"])
def test_forged_refresh_tokens(hospital: HospitalProcess, patient: Patient, audience: str) -> None:
    """Changed in any part, of another session, of a number that is still to come: the session is not touched."""
    token = patient.browser.cookies["refresh_patient"]
    key_id, session_id, number, mac = token.split(".")
    other = Patient.new(hospital).browser.cookies["refresh_patient"].split(".")
    forged = [
        "",
        "....",
        f"{key_id}.{session_id}.{int(number) + 1}.{mac}",
        f"{key_id}.{other[1]}.{number}.{mac}",
        f"{key_id}.{session_id}.{number}.{other[3]}",
        f"00000000.{session_id}.{number}.{mac}",
        f"{key_id}.{session_id}.{number}.",
        f"{key_id}.{session_id}.{'9' * 5000}.{mac}",
        f"{key_id}.{session_id}.x.{mac}",
        f"{key_id}.{session_id}.-1.{mac}",
        f"{key_id}.{session_id}.{number}.{mac}.{mac}",
        f"{key_id}.{session_id}.{number}.ключ",
        str(patient.token),
    ]
    for value in forged:
        answer = requests.post(
            f"{hospital.origin}/api/identity/sessions/refresh",
            json={"audience": audience},
            headers={"Cookie": f"refresh_{audience}={value}".encode()},
            timeout=20,
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "session.over"), value
    assert patient.refreshes("patient").status == 200


def test_a_patients_cookie_opens_no_staff_page(hospital: HospitalProcess) -> None:
    """The token of one audience under the other's name stays what it is: a patient's."""
    patient = Patient.new(hospital)
    token = patient.browser.cookies["refresh_patient"]
    answer = requests.post(
        f"{hospital.origin}/api/identity/sessions/refresh",
        json={"audience": "staff"},
        headers={"Cookie": f"refresh_staff={token}"},
        timeout=20,
    )
    assert answer.status_code == 401
