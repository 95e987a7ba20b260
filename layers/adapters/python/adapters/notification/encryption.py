"""What the push service must not read: RFC 8291, Message Encryption for Web Push (2017), over RFC 8188.

Both ends agree on a key by P-256; one record of AES-128-GCM holds the words. Tested on the example of RFC 8291,
section 5.
"""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096
LONGEST = 3000
"""Bytes of words in one notification: services take 4096 in all."""


def encrypted(
    words: bytes,
    browser_key: str,
    secret: str,
    *,
    length: int = 0,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push: header and one record, padded to `length` bytes of words so that its size tells nothing.

    `own` and `salt` are made anew for each push; tests give those of the example. Raises `ValueError` for keys that
    no browser makes.
    """
    if len(words) > LONGEST:
        raise ValueError("too long for a notification")
    public = decoded(browser_key)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    own, salt = own or ec.generate_private_key(ec.SECP256R1()), salt or os.urandom(16)
    mine = point(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    material = _hkdf(decoded(secret), shared, b"WebPush: info\0" + public + mine, 32)
    key = _hkdf(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _hkdf(salt, material, b"Content-Encoding: nonce\0", 12)
    padded = words + b"\x02" + bytes(max(0, length - len(words)))
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine
    return header + AESGCM(key).encrypt(nonce, padded, None)


def are_keys(browser_key: str, secret: str) -> bool:
    """Whether a browser could have made these: a point of P-256, and 16 bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(browser_key))
        return len(decoded(browser_key)) == 65 and len(decoded(secret)) == 16
    except (ValueError, binascii.Error):
        return False


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encoded(value: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The inverse of `encoded`; raises `ValueError` for anything else."""
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _hkdf(salt: bytes, material: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, purpose).derive(material)
