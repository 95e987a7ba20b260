"""Keys that functions share, derived (HKDF-SHA256, RFC 5869) from random secrets in Secrets Manager, and the keys that
vendors gave."""

from __future__ import annotations

import hashlib
import hmac
import json
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hospital import aws, clock, settings

LOOKUP_ALGORITHM = "HMAC-SHA256"
_KEPT_SECONDS = 300  # a rotated secret signs everywhere after this time
TURN = "turn"
"""Under which name the operator writes coturn's `static-auth-secret` into the secret of vendors."""
_FRESH_SECONDS = 10  # and verifies after this one


def signing_keys() -> dict[str, bytes]:
    """Key id to key: the current one first, then the one before the last rotation, which still verifies."""
    return _keys(_KEPT_SECONDS)


def verifying_key(key_id: str) -> bytes:
    """The key of that id; raises `KeyError` when it is none of ours.

    An unknown one may be that of a rotation a moment ago, which another function has seen before this one did.
    """
    known = signing_keys()
    return known[key_id] if key_id in known else _keys(_FRESH_SECONDS)[key_id]


def lookup_hash(kind: str, value: str) -> str:
    """A keyed hash under which an encrypted value (a phone number, an ID number) is found again.

    The secret behind it is never rotated: every stored hash would have to be written anew.
    """
    found = settings.current()
    _, key = _derived(found.aws_lambda_function_name, found.lookup_secret_id, "AWSCURRENT", "lookup", 0)
    return hmac.new(key, f"{kind}\x1f{value}".encode(), hashlib.sha256).hexdigest()


def push_seed() -> bytes:
    """From which the key is made that signs this hospital's pushes to browsers. Never rotated: browsers registered for
    its public half."""
    found = settings.current()
    _, key = _derived(found.aws_lambda_function_name, found.push_secret_id, "AWSCURRENT", "push", 0)
    return key


def media_keys() -> dict[str, bytes]:
    """Key id to key, which hospital and relays share: the current one first, then the one before the last rotation,
    which a relay that started before it still has. A relay is given the secret as it stands, so nothing is derived."""
    found, period = settings.current(), clock.epoch(clock.now()) // _KEPT_SECONDS
    stages = ("AWSCURRENT", "AWSPREVIOUS")
    texts = [_secret(found.aws_lambda_function_name, found.media_secret_id, stage, period) for stage in stages]
    return {hashlib.sha256(text.encode()).hexdigest()[:8]: text.encode() for text in texts if text}


def turn_secret() -> str:
    """`static-auth-secret` of the TURN servers. The hospital's own coturn has a secret to itself, that of others stands
    among the vendors'. Raises `VendorKeysMissing`."""
    found, period = settings.current(), clock.epoch(clock.now()) // _KEPT_SECONDS
    if found.turn_secret_id:
        return _secret(found.aws_lambda_function_name, found.turn_secret_id, "AWSCURRENT", period)
    return vendor_keys(TURN)["key"]


def vendor_keys(vendor: str) -> dict[str, str]:
    """What the hospital signs its calls to a vendor with (`{"id", "key"}`), as its operator wrote it into the secret.
    Raises `VendorKeysMissing`."""
    found = settings.current()
    period = clock.epoch(clock.now()) // _KEPT_SECONDS
    keys = _vendors(found.aws_lambda_function_name, found.vendor_secret_id, period).get(vendor)
    if not keys or not all(keys.get(name) for name in ("id", "key")):
        raise VendorKeysMissing(f"the secret {found.vendor_secret_id} holds no id and key of {vendor}")
    return keys


class VendorKeysMissing(RuntimeError):
    """The hospital's operator has not written a vendor's keys into the secret of vendors."""


def forget_keys() -> None:
    """For tests: keys belong to one simulated cloud."""
    _derived.cache_clear()
    _vendors.cache_clear()
    _secret.cache_clear()


def _keys(kept_seconds: int) -> dict[str, bytes]:
    found, period = settings.current(), clock.epoch(clock.now()) // kept_seconds
    derived = [
        _derived(found.aws_lambda_function_name, found.token_secret_id, stage, "token", period)
        for stage in ("AWSCURRENT", "AWSPREVIOUS")
    ]
    return {key_id: key for key_id, key in derived if key}


@lru_cache(maxsize=64)
def _vendors(function: str, secret_id: str, period: int) -> dict[str, dict[str, str]]:
    """The secret as JSON; kept for one `period`. Whatever else stands in it names no vendor."""
    text = aws.client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"]
    try:
        written = json.loads(text)
    except ValueError:
        return {}
    return written if isinstance(written, dict) else {}


@lru_cache(maxsize=256)
def _derived(function: str, secret_id: str, stage: str, purpose: str, period: int) -> tuple[str, bytes]:
    """(key id, key); the key is empty when the secret has no version in that stage. Kept for one `period`."""
    seed = _secret(function, secret_id, stage, period)
    if not seed:
        return "", b""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"yunzhen/{purpose}".encode()).derive(seed.encode())
    return hashlib.sha256(key).hexdigest()[:8], key


@lru_cache(maxsize=256)
def _secret(function: str, secret_id: str, stage: str, period: int) -> str:
    """A secret's text; empty when it has no version in that stage. Kept for one `period`.

    Each function has to fetch it by its own right, also where many share a process.
    """
    client = aws.client("secretsmanager")
    try:
        return str(client.get_secret_value(SecretId=secret_id, VersionStage=stage)["SecretString"])
    except client.exceptions.ResourceNotFoundException:
        if stage == "AWSCURRENT":
            raise
        return ""
