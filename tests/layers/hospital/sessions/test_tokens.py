"""Tokens: what opens a session, and everything that does not."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import jwt
import pytest

from hospital import aws, secret_keys
from hospital.caller import Asked
from hospital.sessions.errors import SessionOver
from hospital.sessions.model import Session
from hospital.sessions.opening import new_session
from hospital.sessions.tokens import access_token, read_access_token, read_refresh_token, refresh_token
from tests.builders.cloud import client
from tests.builders.moments import START, Time

pytestmark = pytest.mark.store


@pytest.fixture
def session(cloud) -> Session:
    """A doctor's session."""
    return new_session("per_1", "staff", "doctor", Asked(request_id="req"), START, "prr_1")


def rotated() -> None:
    client("secretsmanager").put_secret_value(SecretId="test-token", SecretString="fresh" * 12)


def test_a_token_says_whose_session_it_is(session, time: Time):
    claims = read_access_token(access_token(session, time.now), time.now)
    assert (claims.session_id, claims.person_id, claims.practitioner_role_id) == (session.id, "per_1", "prr_1")


def test_a_token_holds_no_more_than_ids_and_times(session, time: Time):
    body = jwt.decode(access_token(session, time.now), options={"verify_signature": False})
    assert set(body) == {"iss", "sid", "sub", "prr", "org", "iat", "exp"}


def test_a_token_is_good_for_ten_minutes(session, time: Time):
    token = access_token(session, time.now)
    read_access_token(token, time.passes(minutes=9, seconds=59))
    with pytest.raises(SessionOver):
        read_access_token(token, time.passes(seconds=1))


Forge = Callable[[dict, str, bytes], str]


def signed(claims: dict, key_id: object, key: bytes, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": key_id})


def raw(header: dict, claims: dict, signature: str = "") -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)]
    return ".".join([*parts, signature])


FORGERIES: dict[str, Forge] = {
    "another key": lambda claims, key_id, key: signed(claims, key_id, b"x" * 32),
    "unknown key id": lambda claims, key_id, key: signed(claims, "00000000", key),
    "no key id": lambda claims, key_id, key: jwt.encode(claims, key, algorithm="HS256"),
    "key id of another type": lambda claims, key_id, key: raw({"alg": "HS256", "kid": [key_id]}, claims, "AAAA"),
    "no algorithm": lambda claims, key_id, key: raw({"alg": "none", "kid": key_id}, claims),
    "no signature": lambda claims, key_id, key: raw({"alg": "HS256", "kid": key_id}, claims),
    "another algorithm": lambda claims, key_id, key: signed(claims, key_id, key * 2, "HS512"),
    "another issuer": lambda claims, key_id, key: signed(claims | {"iss": "elsewhere"}, key_id, key),
    "no session": lambda claims, key_id, key: signed(
        {name: value for name, value in claims.items() if name != "sid"}, key_id, key
    ),
    "no end": lambda claims, key_id, key: signed(
        {name: value for name, value in claims.items() if name != "exp"}, key_id, key
    ),
    "no json": lambda claims, key_id, key: "bm90anNvbg.bm90anNvbg.AAAA",
    "nothing": lambda claims, key_id, key: "",
    "dots": lambda claims, key_id, key: "...",
    "not ascii": lambda claims, key_id, key: "须.须.须",
    "half a surrogate": lambda claims, key_id, key: "\ud800.a.b",
    "very long": lambda claims, key_id, key: "A" * 100_000,
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_opens_nothing(session, time: Time, forge: Forge):
    key_id, key = next(iter(secret_keys.signing_keys().items()))
    claims = jwt.decode(access_token(session, time.now), options={"verify_signature": False})
    assert read_access_token(signed(claims, key_id, key), time.now), "the claims themselves are good"
    with pytest.raises(SessionOver):
        read_access_token(forge(claims, key_id, key), time.now)


def test_any_changed_letter_of_a_token_makes_it_worthless(session, time: Time):
    token = access_token(session, time.now)
    head, body, _ = token.split(".")
    for position in range(0, len(head) + len(body), 7):
        changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        with pytest.raises(SessionOver):
            read_access_token(changed, time.now)


def test_a_refresh_token_says_session_and_number(session):
    later = session.refreshed(1, START)
    assert read_refresh_token(refresh_token(session)) == (session.id, 1)
    assert read_refresh_token(refresh_token(later)) == (session.id, 2)


def test_a_refresh_token_for_another_session_or_number_cannot_be_made_from_it(session):
    key_id, session_id, number, mac = refresh_token(session).split(".")
    for forged in (
        f"{key_id}.{session_id}.2.{mac}",
        f"{key_id}.ses_other.{number}.{mac}",
        f"{key_id}.{session_id}.{number}.{mac[:-1]}",
        f"{key_id}.{session_id}.{number}.",
        f"{key_id}.{session_id}.{number}",
        f"00000000.{session_id}.{number}.{mac}",
        f"{key_id}.{session_id}.one.{mac}",
        f"{key_id}.{session_id}.{'9' * 5000}.{mac}",
        f"{key_id}.{session_id}.{number}.须",
        f"{key_id}.{session_id}.{number}.\ud800",
        "",
        "....",
    ):
        with pytest.raises(SessionOver):
            read_refresh_token(forged)


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(session, time: Time):
    with pytest.raises(SessionOver):
        read_refresh_token(access_token(session, time.now))
    with pytest.raises(SessionOver):
        read_access_token(refresh_token(session), time.now)


def test_tokens_outlive_one_rotation_of_the_secret_and_not_two(session, time: Time):
    access, refresh = access_token(session, time.now), refresh_token(session)
    rotated()
    time.passes(minutes=5)
    assert read_access_token(access, time.now).session_id == session.id
    assert read_refresh_token(refresh) == (session.id, 1)
    client("secretsmanager").put_secret_value(SecretId="test-token", SecretString="newer" * 12)
    time.passes(minutes=5)
    with pytest.raises(SessionOver):
        read_refresh_token(refresh)


def test_a_token_of_a_function_that_saw_the_rotation_first_is_good_at_once(session, time: Time, monkeypatch):
    """This function keeps its keys for five minutes; another began after the rotation and signs with the new one."""
    old = secret_keys.signing_keys()
    rotated()
    secret_keys.forget_keys()
    token = access_token(session, time.now)
    fresh = secret_keys._keys
    monkeypatch.setattr(secret_keys, "_keys", lambda kept_seconds: old if kept_seconds >= 60 else fresh(kept_seconds))
    assert read_access_token(token, time.now).session_id == session.id


def test_unknown_key_ids_do_not_ask_for_the_secret_each_time(session, time: Time):
    asked = []
    events = aws.client("secretsmanager").meta.events
    events.register("before-call.secretsmanager", lambda **_: asked.append(1), unique_id="asked")
    for _ in range(50):
        with pytest.raises(SessionOver):
            read_access_token(signed({"iss": "yunzhen"}, "00000000", b"x" * 32), time.now)
    events.unregister("before-call.secretsmanager", unique_id="asked")
    assert len(asked) <= 4
