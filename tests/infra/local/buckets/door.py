"""The two buckets at a port, with a function that may put and show, one that may nothing, and somebody who asks."""

from __future__ import annotations

import asyncio
import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import boto3
from aiohttp import web
from botocore.config import Config
from moto import mock_aws

from hospital import aws, settings
from infra.local.applier import apply
from infra.local.buckets import BucketRoutes, FunctionKeys, signing_as_functions
from infra.local.buckets.function_keys import FunctionKey
from infra.local.invoker import RUNNING
from infra.local.permissions import Permissions, UsedFile, checked
from infra.local.store import Store, installed
from tests.builders.cloud import ENVIRONMENT, SITE
from tests.infra.local.ward import Ward

ACT, IDLE = "yunzhen-Act", "yunzhen-Idle"
QUARANTINE, MEDIA = "quarantine-here", "media-here"
REGION = "cn-northwest-1"
ARN = "arn:aws-cn:s3:::"


class Answer(NamedTuple):
    """`code` is that of S3's XML, empty when there is none."""

    status: int
    code: str
    headers: Mapping[str, str]
    body: bytes


class Door:
    """Asks the port as a browser does."""

    def __init__(self, port: int, now: list[float], keys: FunctionKeys) -> None:
        self.port, self.now, self.keys = port, now, keys

    def as_function(self, call: Callable[[], Any], function: str = ACT) -> Any:
        """What `call` answers when that function runs."""

        def run() -> Any:
            RUNNING.set(function)
            return call()

        return copy_context().run(run)

    def ask(self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """One request; `url` with the site's origin or without."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, url.removeprefix(SITE), body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            said = response.read()
            code = ""
            if response.headers.get("Content-Type", "").startswith("application/xml") and said:
                code = ElementTree.fromstring(said).findtext("Code") or ""
            return Answer(response.status, code, dict(response.headers), said)
        finally:
            connection.close()


def written(ward: Ward) -> None:
    """The template: two buckets, two functions."""
    actions = ["s3:PutObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"]
    resources = [f"{ARN}{QUARANTINE}/uploads/*", f"{ARN}{MEDIA}/media/*"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}]}
    ward.function("Act", "def app(event, context): pass", Policies=[policy], FunctionName=ACT)
    ward.function("Idle", "def app(event, context): pass", FunctionName=IDLE)
    ward.resource("Quarantine", "AWS::S3::Bucket", BucketName=QUARANTINE)
    ward.resource(
        "Media", "AWS::S3::Bucket", BucketName=MEDIA, VersioningConfiguration={"Status": "Enabled"},
        ObjectLockEnabled=True,
    )  # fmt: skip


@contextmanager
def opened(ward: Ward, folder: Path | None) -> Iterator[Door]:
    """The port, until the block ends. `folder` keeps over a restart."""
    store = Store.open(folder) if folder else Store.in_memory()
    environment = {**ENVIRONMENT, "QUARANTINE_BUCKET": QUARANTINE, "MEDIA_BUCKET": MEDIA}
    seen = settings.ENVIRONMENT.set(environment)
    with store, mock_aws(), installed(store):
        template = ward.template()
        apply(template)
        store.load()
        permissions = Permissions(template, UsedFile(None))
        keys = FunctionKeys(folder / "functions.key" if folder else None, (ACT, IDLE))
        now = [0.0]

        def routes() -> BucketRoutes:
            from time import time

            return BucketRoutes(template, store, permissions, keys, lambda: time() + now[0])

        with checked(permissions), signing_as_functions(keys), _served(routes) as port:
            yield Door(port, now, keys)
    settings.ENVIRONMENT.reset(seen)
    aws.forget_clients()


@contextmanager
def _served(routes: Callable[[], BucketRoutes]) -> Iterator[int]:
    loop, up, port = asyncio.new_event_loop(), threading.Event(), list[int]()

    async def begin() -> web.AppRunner:
        app = web.Application()
        routes().add_to(app.router)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port.append(runner.addresses[0][1])
        return runner

    def run() -> None:
        runner = loop.run_until_complete(begin())
        up.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert up.wait(30)
    try:
        yield port[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)


def client_of(key: FunctionKey) -> Any:
    """A client with a function's own credentials, wherever they are used."""
    session = boto3.Session(key.id, key.secret, key.token, region_name=REGION)
    return session.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


@cache
def s3() -> Any:
    """A client of nobody's; kept, for making one costs more than a test."""
    return boto3.Session(region_name=REGION).client("s3")
