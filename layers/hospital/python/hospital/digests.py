"""Digests that name their algorithm, so that it can be changed: `SHA-256:<hex>`, `SM3:<hex>` (rule GM-CRYPTO).

What is digested is written in one way only: JSON with sorted keys, no spaces, bytes as base64, sets sorted. A digest
begins with what it is for, so that one of a line is never taken for one of a block.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any, Literal

from cryptography.hazmat.primitives import hashes

Algorithm = Literal["SHA-256", "SM3"]

_HASHES: Mapping[str, Any] = {"SHA-256": hashes.SHA256, "SM3": hashes.SM3}


def digest(purpose: str, content: Any, algorithm: str) -> str:
    """The digest of a JSON value (or a DynamoDB item). KeyError for an algorithm that is not known."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_plain)
    hasher = hashes.Hash(_HASHES[algorithm]())
    hasher.update(f"{purpose}\n{text}".encode())
    return f"{algorithm}:{hasher.finalize().hex()}"


def is_digest(written: str, purpose: str, content: Any) -> bool:
    """Whether `written` is the digest of `content`, by the algorithm that it names."""
    algorithm = written.partition(":")[0]
    return algorithm in _HASHES and hmac.compare_digest(digest(purpose, content, algorithm), written)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, set | frozenset):
        return sorted(_plain(one) if isinstance(one, bytes) else one for one in value)
    raise TypeError(f"no digest of {type(value).__name__}")
