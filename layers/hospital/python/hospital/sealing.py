"""Field encryption. A sealed text names its algorithm and its data key, so that both can change over the years.

    AES-256-GCM:2026-11:<base64url of nonce ‖ ciphertext ‖ tag>

The data key of a table and month is made by KMS on first use and lies, wrapped, in the table itself (put-if-absent,
so that two first writers agree). The place of the field (table, item, name) is authenticated with it: a sealed text
copied to another patient's item does not open there.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hospital import aws, clock, settings

_NONCE = 12
_TAG = 16
_CIPHERS: Mapping[str, tuple[Any, int]] = {"AES-256-GCM": (algorithms.AES, 32), "SM4-GCM": (algorithms.SM4, 16)}


class SealBroken(RuntimeError):
    """A sealed text was altered, moved to another place, or is of no known algorithm. Never the caller's fault."""


class KeyShelf(Protocol):
    """Where wrapped data keys lie."""

    def wrapped_key(self, name: str) -> bytes | None:
        """The wrapped key of that name, or None."""

    def keep_wrapped_key(self, name: str, wrapped: bytes) -> bytes:
        """Keep it unless there is one already; the one that is kept."""


class Keyring:
    """Seals and opens the fields of one table."""

    def __init__(self, table: str, shelf: KeyShelf) -> None:
        self._table = table
        self._shelf = shelf
        self._open_keys: dict[str, bytes] = {}

    def seal(self, text: str, place: str) -> str:
        """`text`, readable only at `place` (item key and field name)."""
        algorithm = settings.current().field_algorithm
        name = clock.now().strftime("%Y-%m")
        nonce = os.urandom(_NONCE)
        encryptor = _cipher(algorithm, self._key(name) or self._made_key(name), nonce, None).encryptor()
        encryptor.authenticate_additional_data(f"{self._table}/{place}".encode())
        sealed = nonce + encryptor.update(text.encode()) + encryptor.finalize() + encryptor.tag
        return f"{algorithm}:{name}:{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """The text that was sealed at `place`. Raises `SealBroken`."""
        try:
            algorithm, name, body = sealed.split(":")
            raw = base64.urlsafe_b64decode(body)
            # A key that is not there is not made: nothing was ever sealed with it.
            decryptor = _cipher(algorithm, self._key(name) or b"", raw[:_NONCE], raw[-_TAG:]).decryptor()
            decryptor.authenticate_additional_data(f"{self._table}/{place}".encode())
            return (decryptor.update(raw[_NONCE:-_TAG]) + decryptor.finalize()).decode()
        except (ValueError, KeyError, InvalidTag):
            raise SealBroken(f"a sealed field does not open: {self._table}/{place}") from None

    def _key(self, name: str) -> bytes | None:
        """The open key of that name, if it was made."""
        if name not in self._open_keys:
            wrapped = self._shelf.wrapped_key(name)
            if wrapped is None:
                return None
            self._open_keys[name] = self._unwrapped(name, wrapped)
        return self._open_keys[name]

    def _made_key(self, name: str) -> bytes:
        """A new key of that name, or the one that another function made at the same moment."""
        made = aws.client("kms").generate_data_key(
            KeyId=settings.current().field_key_id, KeySpec="AES_256", EncryptionContext=self._context(name)
        )
        kept = self._shelf.keep_wrapped_key(name, made["CiphertextBlob"])
        is_mine = kept == made["CiphertextBlob"]
        self._open_keys[name] = bytes(made["Plaintext"]) if is_mine else self._unwrapped(name, kept)
        return self._open_keys[name]

    def _unwrapped(self, name: str, wrapped: bytes) -> bytes:
        answer = aws.client("kms").decrypt(CiphertextBlob=wrapped, EncryptionContext=self._context(name))
        return bytes(answer["Plaintext"])

    def _context(self, name: str) -> dict[str, str]:
        return {"table": self._table, "month": name}


def _cipher(algorithm: str, key: bytes, nonce: bytes, tag: bytes | None) -> Cipher[modes.GCM]:
    make, length = _CIPHERS[algorithm]
    return Cipher(make(key[:length]), modes.GCM(nonce, tag))
