"""PUT of an object or of a part: its bytes are counted and digested on their way to a passing file, then put."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import tempfile
from typing import IO, Any

from aiohttp import web

from .refusals import S3Refusal

_CHUNK = 256 * 1024
_IN_MEMORY = 1024 * 1024
_PATIENCE = 60.0
"""Seconds that a sender may say nothing."""

_DIGEST = "x-amz-checksum-sha256"


class Body:
    """What was sent, and its digest."""

    def __init__(self, file: IO[bytes], size: int, digest: bytes) -> None:
        self._file, self.size, self.digest = file, size, digest

    def bytes(self) -> bytes:
        """All of it."""
        self._file.seek(0)
        return self._file.read()

    def close(self) -> None:
        """It is put, or was refused."""
        self._file.close()


async def taken(request: web.Request) -> Body:
    """The request's body, as long and with the digest that its headers say. S3Refusal."""
    length, wanted = request.content_length, _wanted_digest(request)
    if length is None:
        raise S3Refusal(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
    file: Any = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the body
    digest, size = hashlib.sha256(), 0
    try:
        while chunk := await asyncio.wait_for(request.content.read(_CHUNK), _PATIENCE):
            size += len(chunk)
            digest.update(chunk)
            file.write(chunk)
        if size != length:
            raise S3Refusal(400, "IncompleteBody", "The number of bytes is not what the Content-Length header says")
        if wanted is not None and wanted != digest.digest():
            raise S3Refusal(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.")
    except TimeoutError:
        file.close()
        message = "Your socket connection to the server was not read from or written to within the timeout period."
        raise S3Refusal(400, "RequestTimeout", message) from None
    except BaseException:
        file.close()
        raise
    return Body(file, size, digest.digest())


def _wanted_digest(request: web.Request) -> bytes | None:
    text = request.headers.get(_DIGEST)
    if text is None:
        return None
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != hashlib.sha256().digest_size:
        raise S3Refusal(400, "InvalidRequest", f"Value for {_DIGEST} header is invalid.")
    return found
