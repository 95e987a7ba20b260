"""Credentials of the functions' roles: by them an address that a function signed tells who it was, for as long as it
is good and over restarts. (Calls that functions make themselves are known without: see the guard of permissions.)"""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from botocore.credentials import Credentials
from botocore.signers import RequestSigner, S3PostPresigner

from ..invoker import RUNNING

_BYTES = 32


class FunctionKey(NamedTuple):
    """What Lambda puts into a function's environment: temporary credentials of its role."""

    function: str
    id: str
    secret: str
    token: str


class FunctionKeys:
    """One key per function, all from one secret in a file; without a file they end with the process."""

    def __init__(self, file: Path | None, functions: Iterable[str]) -> None:
        self._secret = _kept(file) if file is not None else secrets.token_bytes(_BYTES)
        self._of = {name: self._made(name) for name in functions}
        self._by_id = {key.id: key for key in self._of.values()}

    def of(self, function: str) -> FunctionKey:
        """A function's key. KeyError for one that the template has not."""
        return self._of[function]

    def named(self, key_id: str) -> FunctionKey | None:
        """The key with this id."""
        return self._by_id.get(key_id)

    def _made(self, function: str) -> FunctionKey:
        def mark(purpose: str) -> bytes:
            return hmac.digest(self._secret, f"{purpose}/{function}".encode(), hashlib.sha256)

        letters = base64.b32encode(mark("id")).decode()[:16]
        return FunctionKey(
            function, f"ASIA{letters}", mark("secret").hex()[:40], base64.b64encode(mark("token")).decode()
        )


@contextmanager
def signing_as_functions(keys: FunctionKeys) -> Iterator[None]:
    """Within the block an address or form that a running function signs is signed by that function's key."""
    sign, form = RequestSigner.generate_presigned_url, S3PostPresigner.generate_presigned_post

    def generate_presigned_url(signer: Any, *others: Any, **named: Any) -> Any:
        return sign(_own(signer, keys), *others, **named)

    def generate_presigned_post(presigner: Any, *others: Any, **named: Any) -> Any:
        return form(S3PostPresigner(_own(presigner._request_signer, keys)), *others, **named)

    RequestSigner.generate_presigned_url = generate_presigned_url
    S3PostPresigner.generate_presigned_post = generate_presigned_post
    try:
        yield
    finally:
        RequestSigner.generate_presigned_url, S3PostPresigner.generate_presigned_post = sign, form


def _own(signer: Any, keys: FunctionKeys) -> Any:
    """The client's signer, with the running function's key instead of the process's."""
    function = RUNNING.get()
    if function is None:
        return signer
    key, own = keys.of(function), copy.copy(signer)
    own._credentials = Credentials(key.id, key.secret, key.token)
    return own


def _kept(file: Path) -> bytes:
    """The secret, made and on the disk before it is first used."""
    if not file.exists():
        passing = file.with_suffix(".part")
        passing.unlink(missing_ok=True)
        passing.touch(mode=0o600, exist_ok=False)
        with passing.open("wb") as out:
            out.write(secrets.token_bytes(_BYTES))
            out.flush()
            os.fsync(out.fileno())
        passing.rename(file)
    return file.read_bytes()
