"""Staff passwords: argon2id (RFC 9106) with the library's recommended cost."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hospital.sessions.errors import PasswordRefused

_HASHER = PasswordHasher()
SHORTEST = 12
"""Characters. Length keeps a password, not signs of many kinds (NIST SP 800-63B, 5.1.1.2), beside a second factor."""
_FEWEST_KINDS = 6


_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are taken for another


def made_password() -> str:
    """A password for somebody else's account, told once, to be changed by its owner: 20 random letters in groups."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))


def hash_password(password: str) -> str:
    """The hash to store; it names its algorithm and cost."""
    return _HASHER.hash(password)


def require_good(password: str, before: str, account: str) -> None:
    """`PasswordRefused` for one that stays, that repeats a few characters, or that holds the account's name."""
    if password == before:
        raise PasswordRefused(problem="unchanged")
    if len(set(password)) < _FEWEST_KINDS:
        raise PasswordRefused(problem="too_plain")
    if account.partition("@")[0].lower() in password.lower():
        raise PasswordRefused(problem="holds_account")


def is_password(password: str, stored: str | None) -> bool:
    """Whether it is the one; takes as long when there is nothing to compare with."""
    try:
        return _HASHER.verify(stored or _decoy(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _HASHER.hash("nobody's password")
