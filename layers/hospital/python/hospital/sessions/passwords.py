"""Staff passwords: argon2id (RFC 9106) with the library's recommended cost."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store; it names its algorithm and cost."""
    return _HASHER.hash(password)


def is_password(password: str, stored: str | None) -> bool:
    """Whether it is the one; takes as long when there is nothing to compare with."""
    try:
        return _HASHER.verify(stored or _decoy(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _HASHER.hash("nobody's password")
