"""The short way to a table says what the long way says."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.store.testing import REGION
from tests.builders.cloud import Cloud
from tests.delivery.shortcut import call_table

pytestmark = pytest.mark.store

TABLE = {"TableName": "test-conversations"}
KEY = {"pk": {"S": "CONV#1"}, "sk": {"S": "TAIL"}}
ITEM = {**KEY, "last_seq": {"N": "7"}, "sealed": {"B": b"\x00\x01"}, "spoke": {"M": {"per_1": {"N": "7"}}}}
NEW = {**TABLE, "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("GetItem", {**TABLE, "Key": KEY, "ConsistentRead": True}),
    ("BatchGetItem", {"RequestItems": {"test-conversations": {"Keys": [KEY]}}}),
    ("Query", {**TABLE, "KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": KEY["pk"]}}),
    ("PutItem", {**NEW, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
    ("TransactWriteItems", {"TransactItems": [{"Put": NEW}]}),
    ("GetItem", {"TableName": "test-nowhere", "Key": KEY}),
]


@pytest.mark.parametrize("operation, params", CALLS)
def test_the_same_answer_by_both_ways(cloud: Cloud, operation: str, params: dict[str, Any]) -> None:
    """Answers and refusals alike, bytes and reasons included."""
    client = boto3.client("dynamodb", region_name=REGION, config=Config(retries={"total_max_attempts": 1}))
    client.put_item(**TABLE, Item=ITEM)
    long = outcome(lambda: client._make_api_call(operation, params))
    assert outcome(lambda: call_table(operation, params)) == long


def test_what_is_written_by_the_short_way_is_read_by_the_long_one(cloud: Cloud) -> None:
    call_table("TransactWriteItems", {"TransactItems": [{"Put": NEW}], "ClientRequestToken": "a" * 36})
    client = boto3.client("dynamodb", region_name=REGION)
    assert client.get_item(**TABLE, Key=KEY)["Item"] == ITEM


def outcome(call: Any) -> Any:
    """The answer, or the refusal, without what only the transport says; the words of a refusal stand in `Error`."""
    try:
        answer = dict(call())
    except ClientError as refusal:
        answer = dict(refusal.response)
    return {name: value for name, value in answer.items() if name not in ("ResponseMetadata", "message", "Message")}
