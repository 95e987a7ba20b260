"""Time-based one-time passwords: RFC 6238 over RFC 4226, SHA-1, 6 digits, steps of 30 s, as authenticator apps do."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

from hospital import clock

STEP_SECONDS = 30
DIGITS = 6
_DRIFT = 1  # steps by which a phone's clock may be wrong, either way
_SECRET_BYTES = 20  # as long as the hash: RFC 4226, section 4


def new_secret() -> str:
    """A secret in base32, as authenticator apps take it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def step_of(now: datetime) -> int:
    """The number of the time-step."""
    return clock.epoch(now) // STEP_SECONDS


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of that step."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of_code(secret: str, code: str, now: datetime) -> int | None:
    """The step near `now` whose code it is, or None. Compares all of them, in constant time."""
    here = step_of(now)
    near = range(here - _DRIFT, here + _DRIFT + 1)
    fits = [step for step in near if hmac.compare_digest(code_at(secret, step).encode(), code.encode())]
    return fits[-1] if fits else None


def enrolment_uri(secret: str, account: str, issuer: str) -> str:
    """What the QR code holds (Key Uri Format of Google Authenticator)."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    asked = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}, quote_via=quote)
    return f"otpauth://totp/{label}?{asked}"
