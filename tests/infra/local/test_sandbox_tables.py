"""The sandbox's answers about tables: what was used, and troubles on demand."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import boto3
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.sandbox.tables import TableRoutes
from infra.local.store import Store
from infra.local.store.testing import memory_cloud

pytestmark = pytest.mark.store

ITEM = {"pk": {"S": "a"}}


def served(store: Store, use: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    """Runs `use(client)` against the routes."""

    async def run() -> None:
        app = web.Application()
        TableRoutes(store).add_to(app.router)
        async with TestClient(TestServer(app)) as client:
            await use(client)

    asyncio.run(run())


def dynamo() -> Any:
    client = boto3.client("dynamodb", config=Config(retries={"total_max_attempts": 1}))
    client.create_table(
        TableName="plain",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


def test_what_was_used_is_shown_and_counted_anew() -> None:
    with memory_cloud() as store:
        tables = dynamo()
        store.meter.caller = lambda: "book_visit"
        tables.put_item(TableName="plain", Item=ITEM)
        tables.get_item(TableName="plain", Key=ITEM)

        async def use(client: Any) -> None:
            shown = await (await client.get("/sandbox/api/tables")).json()
            assert (shown["reads"], shown["writes"], shown["troubles"]) == (0.5, 1, [])
            assert shown["items"][0] == {
                "function": "book_visit", "operation": "PutItem", "table": "plain", "calls": 1, "reads": 0,
                "writes": 1, "throttled": 0, "conflicts": 0,
            }  # fmt: skip
            shown = await (await client.post("/sandbox/api/tables/reset")).json()
            assert (shown["items"], shown["writes"]) == ([], 0)

        served(store, use)


def test_troubles_are_made_shown_and_withdrawn() -> None:
    with memory_cloud() as store:
        tables = dynamo()

        async def ask(client: Any, **wish: Any) -> Any:
            return await client.post("/sandbox/api/tables/troubles", json=wish)

        async def use(client: Any) -> None:
            await ask(client, trouble="throttle", table="plain", operations=["PutItem"], times=2)
            with pytest.raises(ClientError, match="ThrottlingException"):
                tables.put_item(TableName="plain", Item=ITEM)
            shown = await (await ask(client, index_seconds=3)).json()
            assert shown["index_seconds"] == 3
            assert shown["troubles"] == [
                {"trouble": "throttle", "table": "plain", "operations": ["PutItem"], "times": 1, "share": 1, "met": 1}
            ]
            shown = await (await ask(client, clear=True)).json()
            assert (shown["troubles"], shown["index_seconds"]) == ([], 0)
            tables.put_item(TableName="plain", Item=ITEM)

        served(store, use)


@pytest.mark.parametrize(
    "wish", [{}, {"trouble": "melt"}, {"trouble": "fail", "times": "many"}, {"index_seconds": None}, []]
)
def test_what_is_no_trouble_is_refused(wish: Any) -> None:
    with memory_cloud() as store:

        async def use(client: Any) -> None:
            answer = await client.post("/sandbox/api/tables/troubles", json=wish)
            assert (answer.status, (await answer.json())["code"]) == (400, "sandbox.trouble_not_understood")
            assert store.faults.active() == []

        served(store, use)
