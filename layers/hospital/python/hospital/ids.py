"""Identifiers: a prefix that tells the kind, then 26 characters that sort by the time they were made."""

from __future__ import annotations

import hashlib
import re
import secrets

from hospital import clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: nothing that is misread aloud
PATTERN = r"^[a-z]{2,4}_[0-9A-Za-z]{1,40}$"
_ID = re.compile(PATTERN)


def new_id(prefix: str) -> str:
    """A new id such as `vis_06DK3V8E1Q…`: 48 bits of milliseconds, then 80 random bits (the ULID layout)."""
    value = (int(clock.now().timestamp() * 1000) << 80) | secrets.randbits(80)
    return f"{prefix}_{_spelled(value)}"


def derived_id(prefix: str, *parts: str) -> str:
    """The same id each time for the same parts: for things of which there may be only one."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return f"{prefix}_{_spelled(int.from_bytes(digest[:16], 'big'))}"


def is_id(text: str) -> bool:
    """Whether `text` could be an id at all; anything else is "not found" before a table is asked."""
    return _ID.fullmatch(text) is not None


def secret(bytes_: int = 32) -> str:
    """A secret for a token, URL-safe."""
    return secrets.token_urlsafe(bytes_)


def _spelled(value: int) -> str:
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))
