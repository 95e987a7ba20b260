"""`/uploads/*` and `/media/*` at the hospital's port: as the site forwards them, and as S3 answers.

The site (infra/site.yaml) lets only some headers through, names the bucket's own host, and puts headers of its own on
the answer. Behind it nobody is known but by a signature in the query; what that allows is the signer's policies'
matter at the moment of use.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

import boto3
from aiohttp import web
from botocore.exceptions import ClientError

from ..permissions import Permissions
from ..store import Store
from ..template import Template
from .forwarding import HEADERS, SHOWN, Shelf
from .function_keys import FunctionKeys
from .refusals import S3Refusal, access_denied, no_such_key
from .showing import show
from .signatures import signer
from .taking import Body, taken

_AT_ONCE = 2
"""Bodies that are put at the same time: each is held in memory while it is."""

Answer = Callable[[web.Request, Shelf, str, dict[str, str], str], Awaitable[web.StreamResponse]]


class BucketRoutes:
    """Answers for the buckets that the template has."""

    def __init__(
        self,
        template: Template,
        store: Store,
        permissions: Permissions,
        keys: FunctionKeys,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`now` is the machine's time: by it botocore signs."""
        self._objects, self._permissions, self._keys, self._now = store.objects, permissions, keys, now
        self._region = template.place.region
        self._s3: Any = boto3.Session(region_name=self._region).client("s3")
        self._turns = asyncio.Semaphore(_AT_ONCE)
        buckets = {bucket.logical_id: bucket for bucket in template.of("AWS::S3::Bucket")}
        self._shelves = {
            prefix: Shelf(prefix, buckets[logical_id]) for prefix, logical_id in SHOWN.items() if logical_id in buckets
        }
        self._answers: dict[str, Answer] = {"PUT": self._put, "GET": self._get, "HEAD": self._get}

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Registers the routes."""
        for prefix in self._shelves:
            router.add_route("*", rf"/{prefix}/{{key:[\s\S]*}}", self.handle)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The aiohttp handler."""
        shelf = self._shelves[request.path.split("/", 2)[1]]
        try:
            if shelf.prefix == "media" and request.method not in ("GET", "HEAD"):
                message = "This distribution is not configured to allow the HTTP request method."
                return _with_headers(web.Response(status=403, text=message))
            asked = shelf.asked(request)
            function = signer(asked, self._keys, self._region, self._now()).function
            answer = self._answers.get(request.method)
            if answer is None:
                message = "The specified method is not allowed against this resource."
                raise S3Refusal(405, "MethodNotAllowed", message, Method=request.method)
            key = unquote(asked.path, errors="strict").removeprefix("/")
            return await answer(request, shelf, key, dict(asked.pairs), function)
        except (web.RequestPayloadError, ConnectionError):
            # Whoever hung up hears nothing of it; nothing was put.
            return _refused(S3Refusal(400, "IncompleteBody", "The body ended early."), request)
        except UnicodeDecodeError:
            return _refused(S3Refusal(400, "InvalidURI", "Couldn't parse the specified URI."), request)
        except ClientError as error:
            return _refused(_of_client(error), request)
        except S3Refusal as refusal:
            return _refused(refusal, request)

    def _demand(self, function: str, operation: str, **params: Any) -> None:
        if self._permissions.refuse(function, "s3", operation, params) is not None:
            raise access_denied()

    # ---- PUT ----
    async def _put(
        self, request: web.Request, shelf: Shelf, key: str, query: dict[str, str], function: str
    ) -> web.StreamResponse:
        named = {"Bucket": shelf.bucket, "Key": key}
        is_part = "uploadId" in query or "partNumber" in query
        self._demand(function, "UploadPart" if is_part else "PutObject", **named)
        if is_part and self._objects.key_of_upload(shelf.bucket, query.get("uploadId", "")) != key:
            message = "The specified upload does not exist. It may have been aborted or completed."
            raise S3Refusal(404, "NoSuchUpload", message, UploadId=query.get("uploadId", ""))
        body = await taken(request)
        try:
            async with self._turns:
                if is_part:
                    answer = await asyncio.to_thread(self._put_part, named, query, body)
                else:
                    answer = await asyncio.to_thread(self._put_object, named, request, body)
        finally:
            body.close()
        return _with_headers(web.Response(headers={"ETag": answer["ETag"]}))

    def _put_object(self, named: dict[str, Any], request: web.Request, body: Body) -> Any:
        given = dict(named)
        if "x-amz-checksum-sha256" in request.headers:
            given |= {"ChecksumAlgorithm": "SHA256", "ChecksumSHA256": request.headers["x-amz-checksum-sha256"]}
        if "If-None-Match" in request.headers:
            given["IfNoneMatch"] = request.headers["If-None-Match"]
        if "Content-Type" in request.headers:
            given["ContentType"] = request.headers["Content-Type"]
        return self._s3.put_object(**given, Body=body.bytes())

    def _put_part(self, named: dict[str, Any], query: dict[str, str], body: Body) -> Any:
        number = query.get("partNumber", "")
        if not number.isdigit() or not 1 <= int(number) <= 10_000:
            message = "Part number must be an integer between 1 and 10000, inclusive"
            raise S3Refusal(400, "InvalidArgument", message, ArgumentName="partNumber", ArgumentValue=number)
        upload = {"UploadId": query["uploadId"], "PartNumber": int(number)}
        return self._s3.upload_part(**named, **upload, Body=body.bytes())

    # ---- GET ----
    async def _get(
        self, request: web.Request, shelf: Shelf, key: str, query: dict[str, str], function: str
    ) -> web.StreamResponse:
        version = query.get("versionId")
        params = {"Bucket": shelf.bucket, "Key": key} | ({"VersionId": version} if version else {})
        self._demand(function, "HeadObject" if request.method == "HEAD" else "GetObject", **params)
        found = await asyncio.to_thread(self._objects.read, shelf.bucket, key, version)
        if found is None:
            bucket = self._permissions.names.bucket(shelf.bucket)
            raise no_such_key(key) if self._permissions.may(function, "s3:ListBucket", bucket) else access_denied()
        return await show(request, found, query)


def _with_headers(response: web.StreamResponse) -> web.StreamResponse:
    response.headers.update(HEADERS)
    return response


def _refused(refusal: S3Refusal, request: web.Request) -> web.StreamResponse:
    text = "" if request.method == "HEAD" else refusal.text()
    return _with_headers(web.Response(status=refusal.status, text=text, content_type="application/xml"))


def _of_client(error: ClientError) -> S3Refusal:
    """What moto refused, as S3 would say it."""
    said, status = error.response["Error"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    return S3Refusal(int(status), str(said["Code"]), str(said.get("Message", "")))
