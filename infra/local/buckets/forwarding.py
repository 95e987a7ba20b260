"""What the site does on the way to a bucket: which paths it knows, which headers it lets through, and which it adds.

infra/site.yaml says the same to CloudFront; a test compares the two.
"""

from __future__ import annotations

from aiohttp import web

from ..template import Resource
from .signatures import Asked

SHOWN = {"uploads": "Quarantine", "media": "Media"}
"""The first part of a path -> the logical id of the bucket, under which it is part of the key too."""

FORWARDED = {"uploads": ("If-None-Match", "x-amz-checksum-sha256"), "media": ("If-None-Match",)}
"""Headers that the site forwards when it is told to."""

_ALWAYS = ("Content-Length", "Content-Type", "Content-MD5", "Range")
"""Headers that CloudFront forwards anyway."""

HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer of a bucket."""


class Shelf:
    """One bucket as the site shows it."""

    def __init__(self, prefix: str, bucket: Resource) -> None:
        place = bucket.place
        self.prefix, self.bucket = prefix, bucket.name("BucketName")
        self.host = f"{self.bucket}.s3.{place.region}.{place.url_suffix}"
        self._forwarded = {name.lower() for name in (*_ALWAYS, *FORWARDED[prefix])}

    def asked(self, request: web.Request) -> Asked:
        """The request as it reaches the bucket."""
        headers = {name.lower(): value for name, value in request.headers.items() if name.lower() in self._forwarded}
        address = request.rel_url
        return Asked(request.method, address.raw_path, address.raw_query_string, headers | {"host": self.host})
