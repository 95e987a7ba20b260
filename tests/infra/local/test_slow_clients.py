"""Clients that never read, and clients that never end: they are let go, and nobody waits for them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.local.gateway import proxy
from infra.local.gateway.rest import RestGateway
from infra.local.gateway.routes import read_apis
from infra.local.gateway.throttle import Account
from infra.local.gateway.usage_plans import read_usage_plans
from tests.infra.local.ward import Ward, ward

pytestmark = pytest.mark.unit
__all__ = ["ward"]

BIG = "def app(event, context): return {'statusCode': 200, 'body': 'x' * int((event['body'] or '1'))}"


def told(ward: Ward, story: Any) -> None:
    """Tells a story with a client of a gateway that has one function, whose answer is as long as asked for."""
    ward.function("Big", BIG)
    uri = "arn:aws-cn:apigateway:cn-northwest-1:lambda:path/2015-03-31/functions/${Big.Arn}/invocations"
    operation = {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": {"Fn::Sub": uri}}}
    body = {"openapi": "3.0.1", "paths": {"/big": {"post": operation}}}
    ward.resource("Api", "AWS::Serverless::Api", StageName="live", DefinitionBody=body)

    async def tell() -> None:
        template, invoker = ward.template(), ward.invoker()
        apis, plans = read_apis(template, invoker, Account()), read_usage_plans(template)
        application = web.Application()
        application.router.add_route("*", "/api/{path:.*}", RestGateway(apis, invoker, template.place, plans).handle)
        async with TestClient(TestServer(application)) as client:
            await story(client)

    asyncio.run(tell())


def asked(length: int, body: str) -> bytes:
    return f"POST /api/ward/big HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}".encode()


def test_a_client_that_never_reads_its_answer_is_cut_off_and_others_are_served(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "PATIENCE", 3.0)

    async def story(client: TestClient[Any, Any]) -> None:
        slow = [await asyncio.open_connection("127.0.0.1", client.port, limit=1024) for _ in range(10)]
        for _, writer in slow:
            writer.write(asked(7, "5000000"))
        for _ in range(5):
            assert (await client.post("/api/ward/big", data="10")).status == 200
        for _, writer in slow:
            async with asyncio.timeout(20):
                while client.server.runner.server.connections and not _gone(client, writer):  # type: ignore[union-attr]
                    await asyncio.sleep(0.02)
            writer.close()

    told(ward, story)


def _gone(client: TestClient[Any, Any], writer: asyncio.StreamWriter) -> bool:
    """Whether the server still holds the connection of this client."""
    mine = writer.get_extra_info("sockname")
    held = client.server.runner.server.connections  # type: ignore[union-attr]
    return all(one.transport is None or one.transport.get_extra_info("peername") != mine for one in held)


def test_a_client_that_never_ends_its_request_is_let_go(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "PATIENCE", 2.0)

    async def story(client: TestClient[Any, Any]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(asked(100, "only this"))
        async with asyncio.timeout(20):
            assert (await reader.readline()).split()[1] == b"408"
            text = await reader.readuntil(b"}")
        assert json.loads(text.partition(b"\r\n\r\n")[2]) == {"message": "Request timed out"}
        assert (await client.post("/api/ward/big", data="10")).status == 200
        writer.close()

    told(ward, story)
