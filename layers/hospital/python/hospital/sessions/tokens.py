"""Access and refresh tokens.

The access token is a JWT (RFC 7519, HS256) of ten minutes that a page holds in memory. The refresh token lies in an
HttpOnly cookie; it is derived from session and number, so nothing that opens a session is stored anywhere. Between
password and second factor a token of five minutes says whose password was shown; it opens nothing by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

from hospital import clock, secret_keys
from hospital.errors import Unauthenticated
from hospital.sessions.errors import SecondStepOver, SessionOver
from hospital.sessions.model import ACCESS_LIFE, SECOND_STEP_LIFE, Session

_ALGORITHM = "HS256"
_ISSUER = "yunzhen"
_STEP_ISSUER = "yunzhen/second-step"


@dataclass(frozen=True)
class AccessClaims:
    """What an access token says. It proves the session only; rights are read afresh, in one read: hence it names the
    organisation, under which they lie."""

    session_id: str
    person_id: str
    practitioner_role_id: str
    organisation_id: str


@dataclass(frozen=True)
class StepClaims:
    """Whose password was shown, when the account was at this version."""

    account: str
    version: int
    person_id: str
    practitioner_role_id: str


def access_token(session: Session, now: datetime) -> str:
    """A token for `session` that is good for ten minutes."""
    key_id, key = next(iter(secret_keys.signing_keys().items()))
    claims = {
        "iss": _ISSUER,
        "sid": session.id,
        "sub": session.person_id,
        "prr": session.practitioner_role_id,
        "org": session.organisation_id,
        "iat": clock.epoch(now),
        "exp": clock.epoch(now + ACCESS_LIFE),
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"kid": key_id})


def step_token(step: StepClaims, now: datetime) -> str:
    """A token between password and second factor."""
    key_id, key = next(iter(secret_keys.signing_keys().items()))
    claims = {
        "iss": _STEP_ISSUER,
        "acc": step.account,
        "ver": step.version,
        "sub": step.person_id,
        "prr": step.practitioner_role_id,
        "exp": clock.epoch(now + SECOND_STEP_LIFE),
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"kid": key_id})


def read_step_token(token: str, now: datetime) -> StepClaims:
    """Whose password was shown; raises `SecondStepOver`."""
    claims = _claims(token, _STEP_ISSUER, ["acc", "ver", "sub", "prr", "exp"], now, SecondStepOver)
    return StepClaims(claims["acc"], claims["ver"], claims["sub"], claims["prr"])


def read_access_token(token: str, now: datetime) -> AccessClaims:
    """What a token says; raises `SessionOver` when it is not ours or its time is over."""
    claims = _claims(token, _ISSUER, ["sid", "sub", "exp"], now, SessionOver)
    return AccessClaims(claims["sid"], claims["sub"], claims.get("prr", ""), claims.get("org", ""))


def _claims(
    token: str, issuer: str, required: list[str], now: datetime, refusal: type[Unauthenticated]
) -> dict[str, Any]:
    """The claims of a token of that issuer's, within its time; raises `refusal`."""
    try:
        key = secret_keys.verifying_key(jwt.get_unverified_header(token)["kid"])
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            issuer=issuer,
            # Time is judged below, by the hospital's own clock.
            options={"require": required, "verify_exp": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, KeyError, ValueError):
        raise refusal from None
    if claims["exp"] <= clock.epoch(now):
        raise refusal
    return claims


def refresh_token(session: Session) -> str:
    """The token that stands for the session's present number."""
    key_id, key = next(iter(secret_keys.signing_keys().items()))
    return f"{key_id}.{session.id}.{session.refresh_number}.{_mac(key, session.id, session.refresh_number)}"


def read_refresh_token(token: str) -> tuple[str, int]:
    """(session id, number); raises `SessionOver` when it is not ours."""
    try:
        key_id, session_id, number, mac = token.split(".")
        key = secret_keys.verifying_key(key_id)
        if not hmac.compare_digest(mac.encode(), _mac(key, session_id, int(number)).encode()):
            raise SessionOver
        return session_id, int(number)
    except (ValueError, KeyError):
        raise SessionOver from None


def _mac(key: bytes, session_id: str, number: int) -> str:
    digest = hmac.new(key, f"refresh\x1f{session_id}\x1f{number}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
