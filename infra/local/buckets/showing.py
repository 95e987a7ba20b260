"""GET and HEAD of an object: whole or a range of it, under the headers that the address asks for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from email.utils import format_datetime

from aiohttp import web

from ..store.object_reading import Shown
from .forwarding import HEADERS
from .refusals import S3Refusal

_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_OVERRIDES = {
    f"response-{name.lower()}": name
    for name in (
        "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires"
    )
}  # fmt: skip


async def show(request: web.Request, found: Shown, query: Mapping[str, str]) -> web.StreamResponse:
    """Answers with the object and closes its file. S3Refusal."""
    with found.file as file:
        part = _range(request.headers.get("Range"), found.size)
        first, last = part or (0, found.size - 1)
        headers = _headers(found, query)
        if request.headers.get("If-None-Match") in (found.etag, "*"):
            return web.Response(status=304, headers=HEADERS | {"ETag": found.etag})
        if part is not None:
            headers["Content-Range"] = f"bytes {first}-{last}/{found.size}"
        response = web.StreamResponse(status=200 if part is None else 206, headers=headers)
        response.content_length = left = last - first + 1
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        file.seek(first)
        while left > 0:
            chunk = await asyncio.to_thread(file.read, min(_CHUNK, left))
            if not chunk:
                break
            left -= len(chunk)
            await response.write(chunk)
        await response.write_eof()
        return response


def _headers(found: Shown, query: Mapping[str, str]) -> dict[str, str]:
    headers = {
        **HEADERS,
        "Accept-Ranges": "bytes",
        "Content-Type": found.media_type,
        "ETag": found.etag,
        "Last-Modified": format_datetime(found.changed_at, usegmt=True),
    }
    if found.version:
        headers["x-amz-version-id"] = found.version
    for name, header in _OVERRIDES.items():
        if name in query:
            if not query[name].isprintable():
                raise S3Refusal(400, "InvalidArgument", "Header value cannot be represented", ArgumentName=name)
            headers[header] = query[name]
    return headers


def _range(asked: str | None, size: int) -> tuple[int, int] | None:
    """(first, last) byte; None for the whole, and for what is no single range. S3Refusal when it has no byte."""
    match = _RANGE.fullmatch(asked.strip()) if asked else None
    if asked is None or match is None or match.groups() == ("", ""):
        return None
    start, end = match.groups()
    first = int(start) if start else max(0, size - int(end))
    last = min(int(end), size - 1) if start and end else size - 1
    if first > last or first >= size:
        facts = {"RangeRequested": asked, "ActualObjectSize": str(size)}
        raise S3Refusal(416, "InvalidRange", "The requested range is not satisfiable", **facts)
    return first, last
