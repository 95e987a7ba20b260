"""The short way to a table says what the long way says: botocore's own, by HTTP's forms, as it came."""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from infra.local.store import Store
from infra.local.store.faults import Trouble
from infra.local.store.short_way import OPERATIONS

pytestmark = pytest.mark.store

LONG: Callable[..., dict[str, Any]] = BaseClient._make_api_call
"""As it is while no store is installed."""

TABLE = {"TableName": "visits"}
KEY = {"pk": {"S": "CONV#1"}, "sk": {"S": "TAIL"}}
OTHER = {"pk": {"S": "CONV#2"}, "sk": {"S": "TAIL"}}
ITEM = {
    **KEY,
    "last_seq": {"N": "7"},
    "sealed": {"B": b"\x00\x01"},
    "pieces": {"BS": [b"\x02", b"\x03"]},
    "spoke": {"M": {"per_1": {"L": [{"N": "7.5"}, {"NULL": True}, {"BOOL": False}, {"S": "中文"}]}}},
}
NEW = {**TABLE, "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}
SET = {
    "UpdateExpression": "SET x = :x, sealed = :b",
    "ExpressionAttributeValues": {":x": {"N": "1"}, ":b": {"B": b"z"}},
}
ASKED = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": KEY["pk"]}}
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("GetItem", {**TABLE, "Key": KEY, "ConsistentRead": True, "ReturnConsumedCapacity": "TOTAL"}),
    ("GetItem", {**TABLE, "Key": OTHER}),
    ("GetItem", {"TableName": "nowhere", "Key": KEY}),
    ("BatchGetItem", {"RequestItems": {"visits": {"Keys": [KEY, OTHER]}}, "ReturnConsumedCapacity": "INDEXES"}),
    ("Query", {**TABLE, **ASKED, "Limit": 1, "ReturnConsumedCapacity": "TOTAL"}),
    ("Query", {**TABLE, "KeyConditionExpression": "pk ! :p", "ExpressionAttributeValues": {":p": KEY["pk"]}}),
    ("Scan", {**TABLE, "Limit": 1}),
    ("PutItem", {**TABLE, "Item": ITEM, "ReturnValues": "ALL_OLD"}),
    ("PutItem", {**NEW, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}),
    ("PutItem", {**TABLE, "Item": {**KEY, "empty": {"SS": []}}}),
    ("UpdateItem", {**TABLE, "Key": KEY, **SET, "ReturnValues": "ALL_NEW"}),
    ("UpdateItem", {**TABLE, "Key": KEY, **SET, "UpdateExpression": "SET pk = :x, y = :b"}),
    ("DeleteItem", {**TABLE, "Key": KEY, "ReturnValues": "ALL_OLD"}),
    (
        "BatchWriteItem",
        {"RequestItems": {"visits": [{"PutRequest": {"Item": ITEM}}, {"DeleteRequest": {"Key": OTHER}}]}},
    ),
    ("TransactGetItems", {"TransactItems": [{"Get": {**TABLE, "Key": KEY}}, {"Get": {**TABLE, "Key": OTHER}}]}),
    ("TransactWriteItems", {"TransactItems": [{"Put": {**TABLE, "Item": ITEM}}], "ReturnConsumedCapacity": "TOTAL"}),
    (
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {**NEW, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
                {"Delete": {**TABLE, "Key": OTHER}},
            ]
        },
    ),
]


@pytest.mark.parametrize("operation, params", CALLS)
def test_the_same_answer_by_both_ways(dynamo: Any, operation: str, params: dict[str, Any]) -> None:
    """Answers and refusals alike, bytes and reasons included; what is written is the same too."""
    told, kept = [], []
    for way in (LONG, BaseClient._make_api_call):
        dynamo.put_item(**TABLE, Item=ITEM)
        told.append(outcome(lambda way=way: way(dynamo, operation, copy.deepcopy(params))))
        kept.append(dynamo.scan(**TABLE)["Items"])
    assert told[0] == told[1]
    assert kept[0] == kept[1]


def test_every_operation_is_held_against_the_long_way() -> None:
    assert {operation for operation, _ in CALLS} == OPERATIONS


@pytest.mark.parametrize("mode", ["legacy", "standard"])
@pytest.mark.parametrize("trouble", ["throttle", "fail"])
@pytest.mark.parametrize("times", [1, 9])
def test_it_is_tried_as_often_and_with_the_same_pauses(
    cloud: Store, dynamo: Any, monkeypatch: pytest.MonkeyPatch, mode: str, trouble: Trouble, times: int
) -> None:
    """What passes is waited for; what does not is told, after as many tries."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    found = []
    for way in (LONG, BaseClient._make_api_call):
        client = boto3.client("dynamodb", config=Config(retries={"mode": mode, "total_max_attempts": 4}))
        pauses.clear()
        random.seed(7)
        fault = cloud.faults.cause(trouble, times=times)
        told = outcome(lambda way=way, client=client: way(client, "GetItem", {**TABLE, "Key": KEY}))
        found.append((told, list(pauses), fault.met))
        cloud.faults.clear()
    assert found[0] == found[1]
    assert found[0][2] == min(times, 4)
    assert len(found[0][1]) == min(times, 3)


def test_hooks_are_called_and_may_answer_instead(dynamo: Any) -> None:
    """As tests and tools use them; boto3's tables turn values into Python's by them."""
    dynamo.put_item(**TABLE, Item=ITEM)
    seen: list[str] = []
    events = dynamo.meta.events
    events.register("provide-client-params.dynamodb", lambda model, **_: seen.append(model.name))
    events.register("before-call.dynamodb", lambda model, **_: seen.append("before"))
    events.register("after-call.dynamodb", lambda parsed, **_: seen.append(parsed["Item"]["last_seq"]["N"]))
    LONG(dynamo, "GetItem", {**TABLE, "Key": KEY})
    by_the_long_way = list(seen)
    seen.clear()
    dynamo.get_item(**TABLE, Key=KEY)
    assert seen == by_the_long_way
    table = boto3.resource("dynamodb").Table("visits")
    table.put_item(Item={"pk": "a", "sk": "b", "bytes": b"\x00", "list": [1, "2"]})
    got = table.get_item(Key={"pk": "a", "sk": "b"})["Item"]
    assert (bytes(got["bytes"].value), got["list"]) == (b"\x00", [1, "2"])


@pytest.mark.parametrize(
    "params", [{}, {**TABLE, "Key": KEY, "Unknown": 1}, {**TABLE, "Key": {"pk": {"S": 7}}}, {**TABLE, "Key": None}]
)
def test_what_is_no_request_is_refused_before_it_leaves(dynamo: Any, params: dict[str, Any]) -> None:
    with pytest.raises(ParamValidationError) as long:
        LONG(dynamo, "GetItem", params)
    with pytest.raises(ParamValidationError) as short:
        dynamo._make_api_call("GetItem", params)
    assert str(short.value) == str(long.value)


def test_bytes_travel_as_binary_values_only(dynamo: Any) -> None:
    """A client that does not look itself would fail at JSON: here too."""
    dynamo._serializer = dynamo._serializer._serializer
    wrong = {**TABLE, "Item": {**KEY, "text": {"S": b"bytes"}}}
    for way in (LONG, BaseClient._make_api_call):
        with pytest.raises(TypeError, match="bytes is not JSON serializable"):
            way(dynamo, "PutItem", wrong)


def test_what_was_written_does_not_change_with_what_the_caller_keeps(dynamo: Any) -> None:
    """Nothing that went in or came out is the table's own."""
    item = copy.deepcopy(ITEM)
    dynamo.put_item(**TABLE, Item=item)
    item["spoke"]["M"]["per_1"]["L"].append({"N": "8"})
    got = dynamo.get_item(**TABLE, Key=KEY)["Item"]
    assert got == ITEM
    got["spoke"]["M"].clear()
    assert dynamo.get_item(**TABLE, Key=KEY)["Item"] == ITEM


def outcome(call: Any) -> Any:
    """The answer, or the refusal with its class, without what only the transport says."""
    try:
        answer, kind = dict(call()), None
    except ClientError as refusal:
        answer, kind = dict(refusal.response), type(refusal).__name__
    tries = answer.pop("ResponseMetadata")
    return kind, tries["HTTPStatusCode"], tries["RetryAttempts"], answer
