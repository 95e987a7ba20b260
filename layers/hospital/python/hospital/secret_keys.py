"""Keys that functions share, derived (HKDF-SHA256, RFC 5869) from random secrets in Secrets Manager."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hospital import aws, clock, settings

LOOKUP_ALGORITHM = "HMAC-SHA256"
_KEPT_SECONDS = 300  # a rotated secret signs everywhere after this time
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


def forget_keys() -> None:
    """For tests: keys belong to one simulated cloud."""
    _derived.cache_clear()


def _keys(kept_seconds: int) -> dict[str, bytes]:
    found, period = settings.current(), clock.epoch(clock.now()) // kept_seconds
    derived = [
        _derived(found.aws_lambda_function_name, found.token_secret_id, stage, "token", period)
        for stage in ("AWSCURRENT", "AWSPREVIOUS")
    ]
    return {key_id: key for key_id, key in derived if key}


@lru_cache(maxsize=256)
def _derived(function: str, secret_id: str, stage: str, purpose: str, period: int) -> tuple[str, bytes]:
    """(key id, key); the key is empty when the secret has no version in that stage. Kept for one `period`.

    Each function has to fetch it by its own right, also where many share a process.
    """
    client = aws.client("secretsmanager")
    try:
        seed = client.get_secret_value(SecretId=secret_id, VersionStage=stage)["SecretString"]
    except client.exceptions.ResourceNotFoundException:
        if stage == "AWSCURRENT":
            raise
        return "", b""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"yunzhen/{purpose}".encode()).derive(seed.encode())
    return hashlib.sha256(key).hexdigest()[:8], key
