"""Keys that functions share, derived (HKDF-SHA256, RFC 5869) from random secrets in Secrets Manager."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hospital import aws, clock, settings

LOOKUP_ALGORITHM = "HMAC-SHA256"
_KEPT_SECONDS = 300  # a rotated secret is in use everywhere after this time


def signing_keys() -> dict[str, bytes]:
    """Key id to key: the current one first, then the one before the last rotation, which still verifies."""
    secret_id = settings.current().token_secret_id
    derived = [_derived(secret_id, stage, "token", _period()) for stage in ("AWSCURRENT", "AWSPREVIOUS")]
    return {key_id: key for key_id, key in derived if key}


def lookup_hash(kind: str, value: str) -> str:
    """A keyed hash under which an encrypted value (a phone number, an ID number) is found again.

    The secret behind it is never rotated: every stored hash would have to be written anew.
    """
    _, key = _derived(settings.current().lookup_secret_id, "AWSCURRENT", "lookup", 0)
    return hmac.new(key, f"{kind}\x1f{value}".encode(), hashlib.sha256).hexdigest()


def forget_keys() -> None:
    """For tests: keys belong to one simulated cloud."""
    _derived.cache_clear()


def _period() -> int:
    return clock.epoch(clock.now()) // _KEPT_SECONDS


@lru_cache(maxsize=8)
def _derived(secret_id: str, stage: str, purpose: str, period: int) -> tuple[str, bytes]:
    """(key id, key); the key is empty when the secret has no version in that stage. Kept for one `period`."""
    client = aws.client("secretsmanager")
    try:
        seed = client.get_secret_value(SecretId=secret_id, VersionStage=stage)["SecretString"]
    except client.exceptions.ResourceNotFoundException:
        if stage == "AWSCURRENT":
            raise
        return "", b""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"yunzhen/{purpose}".encode()).derive(seed.encode())
    return hashlib.sha256(key).hexdigest()[:8], key
