"""A small hospital's table in a fresh cloud in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.local.store import Store, installed
from infra.local.store.testing import memory_cloud

MakeTable = Callable[..., None]


@pytest.fixture
def cloud() -> Iterator[Store]:
    """Moto with a store in memory."""
    with memory_cloud() as store:
        yield store


@pytest.fixture
def make_table() -> MakeTable:
    """`make_table(client, name, stream)`, see `create_visits`."""
    return create_visits


def create_visits(client: Any, name: str = "visits", stream: bool = True) -> None:
    """Makes a table as the template does: pk, sk, indexes list1 (text) and scores (numbers), a stream."""
    kinds = {"pk": "S", "sk": "S", "list1pk": "S", "list1sk": "S", "score": "N"}
    more: dict[str, Any] = {}
    if stream:
        more["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    client.create_table(
        TableName=name,
        KeySchema=_keys("pk", "sk"),
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": kind} for each, kind in kinds.items()],
        GlobalSecondaryIndexes=[
            {"IndexName": index, "KeySchema": _keys(*keys), "Projection": {"ProjectionType": "ALL"}}
            for index, keys in (("list1", ("list1pk", "list1sk")), ("scores", ("list1pk", "score")))
        ],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )


@pytest.fixture
def dynamo(cloud: Store, make_table: MakeTable) -> Any:
    """A DynamoDB client in the cloud, with the table `visits`."""
    client = boto3.client("dynamodb")
    make_table(client)
    return client


@pytest.fixture
def run(tmp_path: Path, make_table: MakeTable) -> Callable[..., Any]:
    """`run(use)`: opens the folder as the local hospital does, with `visits` and the queue `work`, and calls
    `use(store)`; again and again on the same folder."""

    def open_and(use: Callable[[Store], Any], clock: Callable[[], float] | None = None) -> Any:
        named = {} if clock is None else {"clock": clock}
        with Store.open(tmp_path / "state", **named) as store, mock_aws(), installed(store):
            store.load_keys()
            make_table(boto3.client("dynamodb"))
            boto3.client("sqs").create_queue(QueueName="work")
            store.load()
            return use(store)

    return open_and


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients need one."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-northwest-1")


def _keys(hash_attr: str, range_attr: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_attr, "KeyType": "HASH"}, {"AttributeName": range_attr, "KeyType": "RANGE"}]
