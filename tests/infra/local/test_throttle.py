"""What API Gateway refuses before a function is called: too fast, too often, without a key, with too long headers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer

from infra.local.gateway.connections import Connections
from infra.local.gateway.rest import RestGateway
from infra.local.gateway.routes import read_apis
from infra.local.gateway.sockets import SocketGateway, read_socket_api
from infra.local.gateway.throttle import Account, Bucket, Limit
from infra.local.gateway.usage_plans import read_usage_plans
from infra.local.template import TemplateError
from tests.infra.local.ward import Ward, ward

pytestmark = pytest.mark.unit
__all__ = ["ward"]

URI = "arn:aws-cn:apigateway:cn-northwest-1:lambda:path/2015-03-31/functions/{}/invocations"
LAMBDA = {"Fn::Sub": URI.format("${Echo.Arn}")}
ECHO = "import json\ndef app(event, context): return {'statusCode': 200, 'body': json.dumps(event)}"
PATH = "/api/ward/a"
Client = TestClient[Any, Any]


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0  # 2027-01-15, a Friday

    def __call__(self) -> float:
        return self.now


def proxied(**more: Any) -> dict[str, Any]:
    """An operation that calls the function."""
    return {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": LAMBDA}, **more}


def api(ward: Ward, paths: dict[str, Any], document: dict[str, Any] | None = None, **properties: Any) -> None:
    """An API with the function Echo behind it, under /api/ward."""
    ward.function("Echo", ECHO)
    body = {"openapi": "3.0.1", "paths": paths, **(document or {})}
    ward.resource("Api", "AWS::Serverless::Api", StageName="live", DefinitionBody=body, **properties)


def told(ward: Ward, story: Callable[[Client], Awaitable[None]], clock: Clock | None = None, **limits: Limit) -> None:
    """Tells a story with a client of the gateway; all its clocks are the one given."""
    clock = clock or Clock()

    async def tell() -> None:
        account = Account(clock=clock, **limits)
        template, invoker = ward.template(), ward.invoker()
        apis = read_apis(template, invoker, account)
        plans = read_usage_plans(template, clock)
        plans._machine_clock = clock
        application = web.Application()
        rest = RestGateway(apis, invoker, template.place, plans)
        application.router.add_route("*", r"/api/{path:[\s\S]*}", rest.handle)
        sockets = read_socket_api(template, invoker, account)
        if sockets is not None:
            connections = Connections("KEY", account)
            application.router.add_get("/socket", SocketGateway(sockets, invoker, connections).handle)
            application.router.add_route("*", "/socket/@connections/{connection_id:.+}", connections.manage)
        server = TestServer(application)
        await server.start_server(max_field_size=32768)
        async with TestClient(server) as client:
            await story(client)

    asyncio.run(tell())


async def statuses(
    client: Client, count: int, path: str = "/api/ward/a", method: str = "GET", **more: Any
) -> list[int]:
    """The statuses of so many requests, one after the other."""
    return [(await client.request(method, path, **more)).status for _ in range(count)]


# Buckets and settings.


def test_a_bucket_holds_its_burst_and_fills_at_its_rate() -> None:
    clock = Clock()
    bucket = Bucket(Limit(2, 3), clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.now += 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    clock.now += 3600
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_each_method_of_a_stage_has_its_own_bucket_and_its_own_settings_win(ward: Ward) -> None:
    settings = [
        {"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 2},
        {"ResourcePath": "/~1slow~1{id}", "HttpMethod": "POST", "ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 1},
        {"ResourcePath": "/~1logged", "HttpMethod": "*", "LoggingLevel": "INFO"},
    ]
    both = {"get": proxied(), "post": proxied()}
    api(ward, {"/a": both, "/slow/{id}": both, "/logged": both}, MethodSettings=settings)
    clock = Clock()

    async def story(client: Client) -> None:
        assert await statuses(client, 3) == [200, 200, 429]
        assert await statuses(client, 3, method="POST") == [200, 200, 429]
        assert await statuses(client, 2, "/api/ward/slow/1") == [200, 200]
        assert await statuses(client, 2, "/api/ward/slow/1", "POST") == [200, 429]
        assert await statuses(client, 1, "/api/ward/slow/2", "POST") == [429]
        refused = await client.get("/api/ward/a")
        assert (await refused.json()) == {"message": "Too Many Requests"}
        assert refused.headers["x-amzn-ErrorType"] == "TooManyRequestsException"
        clock.now += 1
        assert await statuses(client, 2) == [200, 429]

    told(ward, story, clock)


def test_the_account_has_one_bucket_for_all_and_the_document_words_the_refusal(ward: Ward) -> None:
    answer = {"statusCode": 429, "responseTemplates": {"application/json": '{"code": "limit.too_many"}'}}
    api(ward, {"/a": {"get": proxied()}}, {"x-amazon-apigateway-gateway-responses": {"THROTTLED": answer}})

    async def story(client: Client) -> None:
        assert await statuses(client, 3) == [200, 200, 429]
        assert await (await client.get("/api/ward/a")).json() == {"code": "limit.too_many"}
        assert await statuses(client, 2, "/api/ward/nothing") == [403, 403]

    told(ward, story, requests=Limit(0.001, 2))


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        ({"MethodSettings": [{"ResourcePath": "/*"}]}, "wants a ResourcePath and a HttpMethod"),
        ({"MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "CachingEnabled": True}]}, "are not kept here"),
        (
            {"MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "ThrottlingRateLimit": "fast"}]},
            "want numbers",
        ),
        ({"Auth": {"DefaultAuthorizer": "x"}}, "Auth: is not known here"),
        ({"CacheClusterEnabled": True}, "CacheClusterEnabled: is not known here"),
    ],
)
def test_settings_that_would_change_what_happens_are_not_ignored(
    ward: Ward, properties: dict[str, Any], sentence: str
) -> None:
    api(ward, {"/a": {"get": proxied()}}, **properties)
    with pytest.raises(TemplateError, match=sentence):
        read_apis(ward.template(), ward.invoker(), Account())


def test_an_integration_may_not_take_longer_than_29_seconds(ward: Ward) -> None:
    slow = {"type": "aws_proxy", "uri": LAMBDA, "timeoutInMillis": 30000}
    api(ward, {"/a": {"get": {"x-amazon-apigateway-integration": slow}}})
    with pytest.raises(TemplateError, match="30000 is not between 50 and 29000"):
        read_apis(ward.template(), ward.invoker(), Account())


# Keys and plans.

KEYED = {
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
    }
}


def planned(ward: Ward, stage: dict[str, Any] | None = None, **plan: Any) -> None:
    """An API whose GET wants a key, a plan for it, and two keys, one of them not enabled."""
    api(ward, {"/a": {"get": proxied(security=[{"key": []}]), "post": proxied()}}, KEYED)
    stages = [{"ApiId": {"Ref": "Api"}, "Stage": {"Ref": "Api.Stage"}, **(stage or {})}]
    ward.resource("Plan", "AWS::ApiGateway::UsagePlan", ApiStages=stages, **plan)
    for name, value, enabled in (("One", "key-one", True), ("Two", "key-two", True), ("Closed", "key-closed", False)):
        ward.resource(f"Key{name}", "AWS::ApiGateway::ApiKey", Value=value, Enabled=enabled)
        link = {"KeyId": {"Ref": f"Key{name}"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}}
        ward.resource(f"Link{name}", "AWS::ApiGateway::UsagePlanKey", **link)
    ward.resource("KeyLoose", "AWS::ApiGateway::ApiKey", Value="key-loose", Enabled=True)


def test_a_method_that_wants_a_key_is_403_without_one_that_a_plan_of_the_stage_knows(ward: Ward) -> None:
    planned(ward)

    async def story(client: Client) -> None:
        for key in (None, "", "wrong", "key-closed", "key-loose"):
            refused = await client.get("/api/ward/a", headers={} if key is None else {"x-api-key": key})
            assert (refused.status, await refused.json()) == (403, {"message": "Forbidden"})
            assert refused.headers["x-amzn-ErrorType"] == "ForbiddenException"
        assert await statuses(client, 1, headers={"X-Api-Key": "key-one"}) == [200]
        assert await statuses(client, 1, method="POST") == [200]

    told(ward, story)


def test_each_key_has_its_own_rate_and_a_method_of_the_stage_may_have_less(ward: Ward) -> None:
    slower = {"Throttle": {"/a/GET": {"RateLimit": 1, "BurstLimit": 1}}}
    planned(ward, slower, Throttle={"RateLimit": 100, "BurstLimit": 100})

    async def story(client: Client) -> None:
        assert await statuses(client, 2, headers={"x-api-key": "key-one"}) == [200, 429]
        assert await statuses(client, 2, headers={"x-api-key": "key-two"}) == [200, 429]

    told(ward, story)


# The clock begins on Friday the 15th, at 8:00 by UTC.
@pytest.mark.parametrize(("period", "hours"), [("DAY", 16), ("WEEK", 2 * 24 + 16), ("MONTH", 16 * 24 + 16)])
def test_a_quota_is_used_up_until_its_period_ends(ward: Ward, period: str, hours: int) -> None:
    planned(ward, Quota={"Limit": 2, "Period": period})
    clock = Clock()

    async def story(client: Client) -> None:
        mine = {"x-api-key": "key-one"}
        assert await statuses(client, 2, headers=mine) == [200, 200]
        refused = await client.get("/api/ward/a", headers=mine)
        assert (refused.status, await refused.json()) == (429, {"message": "Limit Exceeded"})
        assert refused.headers["x-amzn-ErrorType"] == "LimitExceededException"
        assert await statuses(client, 1, headers={"x-api-key": "key-two"}) == [200]
        clock.now += hours * 3600 - 1
        assert await statuses(client, 1, headers=mine) == [429]
        clock.now += 1
        assert await statuses(client, 1, headers=mine) == [200]

    told(ward, story, clock)


def test_a_plan_that_cannot_be_carried_out_is_an_error(ward: Ward) -> None:
    planned(ward, Quota={"Limit": 2, "Period": "HOUR"})
    with pytest.raises(TemplateError, match=r"Plan\.Quota: wants a Limit and a Period of DAY, WEEK, MONTH"):
        read_usage_plans(ward.template())


# Headers, other origins, stage variables.


def test_headers_over_10240_bytes_in_all_are_refused(ward: Ward) -> None:
    api(ward, {"/a": {"get": proxied()}})

    async def story(client: Client) -> None:
        assert await statuses(client, 1, headers={"X-One": "x" * 9900}) == [200]
        refused = await client.get("/api/ward/a", headers={"X-One": "x" * 5200, "X-Two": "x" * 5200})
        assert refused.status == 431
        assert await refused.json() == {"message": "HTTP header is larger than 10240 bytes."}

    told(ward, story)


def mock(status: str, headers: dict[str, str]) -> dict[str, Any]:
    """An operation that always answers the same."""
    parameters = {f"method.response.header.{name}": value for name, value in headers.items()}
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 204}'},
        "responses": {"2\\d\\d": {"statusCode": status, "responseParameters": parameters}},
    }
    return {"x-amazon-apigateway-integration": integration}


def test_other_origins_are_allowed_what_the_document_says_and_nothing_else(ward: Ward) -> None:
    allowed = {"Access-Control-Allow-Origin": "'https://partner.example'", "Access-Control-Allow-Methods": "'GET'"}
    api(ward, {"/open": {"options": mock("204", allowed), "get": proxied()}, "/own": {"get": proxied()}})
    asked = {"Origin": "https://partner.example", "Access-Control-Request-Method": "GET"}

    async def story(client: Client) -> None:
        answer = await client.options("/api/ward/open", headers=asked)
        assert (answer.status, await answer.text()) == (204, "")
        assert answer.headers["Access-Control-Allow-Origin"] == "https://partner.example"
        assert answer.headers["Access-Control-Allow-Methods"] == "GET"
        for method, path in (("OPTIONS", "/api/ward/own"), ("GET", "/api/ward/own"), ("GET", "/api/ward/open")):
            answer = await client.request(method, path, headers=asked)
            assert answer.status == (403 if method == "OPTIONS" else 200)
            assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
            assert "Allow" not in answer.headers

    told(ward, story)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "mock"},
        {"type": "mock", "requestTemplates": {"application/json": '{"statusCode": $input.x}'}, "responses": {}},
        {"type": "mock", "responses": {"default": {"statusCode": "2", "responseTemplates": {"application/json": "$"}}}},
        {"type": "http_proxy", "uri": "https://elsewhere.example"},
    ],
)  # fmt: skip
def test_an_answer_that_is_not_fixed_or_comes_from_elsewhere_is_an_error(ward: Ward, wrong: dict[str, Any]) -> None:
    api(ward, {"/a": {"options": {"x-amazon-apigateway-integration": wrong}}})
    with pytest.raises(TemplateError, match=r"Api\.DefinitionBody: OPTIONS /a: "):
        read_apis(ward.template(), ward.invoker(), Account())


def test_stage_variables_and_binary_types_reach_the_function(ward: Ward) -> None:
    more = {"Variables": {"colour": "green"}, "BinaryMediaTypes": ["image~1png"]}
    api(ward, {"/a": {"post": proxied()}}, **more)

    async def story(client: Client) -> None:
        sent = await client.post("/api/ward/a", data=b"\x89PNG\xff", headers={"Content-Type": "image/png"})
        event = await sent.json()
        assert event["stageVariables"] == {"colour": "green"}
        assert (event["isBase64Encoded"], event["body"]) == (True, "iVBOR/8=")
        text = await (await client.post("/api/ward/a", data="云", headers={"Content-Type": "text/plain"})).json()
        assert (text["isBase64Encoded"], text["body"]) == (False, "云")

    told(ward, story)


# Sockets.


def sockets(ward: Ward, route: dict[str, Any] | None = None, **stage: Any) -> None:
    """A WebSocket API whose only route is $connect."""
    ward.function("Echo", ECHO)
    ward.resource(
        "Socket",
        "AWS::ApiGatewayV2::Api",
        Name="s",
        ProtocolType="WEBSOCKET",
        RouteSelectionExpression="$request.body.action",
    )
    ward.resource("Stage", "AWS::ApiGatewayV2::Stage", ApiId={"Ref": "Socket"}, StageName="live", **stage)
    target = {"ApiId": {"Ref": "Socket"}, "IntegrationType": "AWS_PROXY", "IntegrationUri": LAMBDA}
    ward.resource("Integration", "AWS::ApiGatewayV2::Integration", **target)
    for name, key in (("Connect", "$connect"), ("Hello", "hello")):
        told = {"ApiId": {"Ref": "Socket"}, "RouteKey": key, "Target": {"Fn::Sub": "integrations/${Integration}"}}
        ward.resource(name, "AWS::ApiGatewayV2::Route", **told, **(route or {}))


def test_more_new_sockets_than_500_a_second_are_429(ward: Ward) -> None:
    sockets(ward)
    clock = Clock()

    async def story(client: Client) -> None:
        for _ in range(3):
            await client.ws_connect("/socket")
        with pytest.raises(WSServerHandshakeError) as refused:
            await client.ws_connect("/socket")
        assert refused.value.status == 429
        clock.now += 1
        await client.ws_connect("/socket")

    told(ward, story, clock, connections=Limit(1, 3))


def test_a_route_that_is_used_too_fast_says_so_and_the_socket_stays(ward: Ward) -> None:
    sockets(ward, RouteSettings={"hello": {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 2}})

    async def story(client: Client) -> None:
        async with client.ws_connect("/socket") as socket:
            for _ in range(4):
                await socket.send_str('{"action": "hello"}')
            said = [json.loads((await socket.receive(timeout=10)).data) for _ in range(2)]
            assert {answer["message"] for answer in said} == {"Too Many Requests"}
            assert all(answer["connectionId"] and answer["requestId"] for answer in said)
            await socket.send_str('{"action": "other"}')
            assert json.loads((await socket.receive(timeout=10)).data)["message"] == "Forbidden"

    told(ward, story)


def test_posts_to_connections_count_for_the_account(ward: Ward) -> None:
    sockets(ward)

    async def story(client: Client) -> None:
        mine = {"Authorization": "AWS4-HMAC-SHA256 Credential=KEY/20270115/cn-northwest-1/execute-api/aws4_request"}
        found = await statuses(client, 3, "/socket/@connections/none", "POST", headers=mine, data="x")
        assert found == [410, 410, 429]

    told(ward, story, requests=Limit(0.001, 2))


def test_an_address_over_4096_characters_opens_no_socket(ward: Ward) -> None:
    sockets(ward)

    async def story(client: Client) -> None:
        with pytest.raises(WSServerHandshakeError) as refused:
            await client.ws_connect("/socket?ticket=" + "x" * 4100)
        assert refused.value.status == 403
        async with client.ws_connect("/socket?ticket=" + "x" * 4000) as socket:
            await socket.ping()
            await socket.close()
            assert (await socket.receive()).type in (WSMsgType.CLOSED, WSMsgType.CLOSE)

    told(ward, story)


@pytest.mark.parametrize(
    "route",
    [{"AuthorizationType": "AWS_IAM"}, {"ApiKeyRequired": True}, {"RouteResponseSelectionExpression": "$default"}],
)
def test_a_route_that_wants_what_is_not_here_is_an_error(ward: Ward, route: dict[str, Any]) -> None:
    sockets(ward, route)
    with pytest.raises(TemplateError, match=next(iter(route))):
        read_socket_api(ward.template(), ward.invoker(), Account())
