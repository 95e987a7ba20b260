"""The patched DynamoDB answers as unmodified moto does, call by call, except where a comment says otherwise."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from infra.local.store import Store, install, uninstall
from infra.local.store.images import image_of

OURS, MOTOS = "cn-north-1", "cn-northwest-1"
Call = tuple[str, dict[str, Any]]


class Twins:
    """Two regions with the same tables: in one every call meets the patch, in the other moto as it came."""

    def __init__(self, make_table: Callable[..., None]) -> None:
        self.store = Store.in_memory()
        self.clients = {region: boto3.client("dynamodb", region_name=region) for region in (OURS, MOTOS)}
        for client in self.clients.values():
            make_table(client, "visits")
            make_table(client, "people", stream=False)

    def both(self, call: Call) -> tuple[Any, Any]:
        """The answers of ours and of moto's."""
        install(self.store)
        try:
            ours = answer(self.clients[OURS], call)
        finally:
            uninstall()
        return ours, answer(self.clients[MOTOS], call)

    def align(self) -> None:
        """Gives moto's tables our items."""
        ours, motos = (dynamodb_backends[DEFAULT_ACCOUNT_ID][region].tables for region in (OURS, MOTOS))
        for name, table in ours.items():
            motos[name].items = copy.deepcopy(table.items)

    def tables(self, region: str) -> dict[str, list[Any]]:
        """All items of all tables, in key order."""
        backend = dynamodb_backends[DEFAULT_ACCOUNT_ID][region]
        return {name: [image_of(item) for item in table.all_items()] for name, table in backend.tables.items()}


def answer(client: Any, call: Call) -> Any:
    """What a call answered, or the error with its reasons; without what differs on every call."""
    name, arguments = call
    try:
        got = getattr(client, name)(**arguments)
    except ClientError as error:
        # Which of several errors a call is refused for, and in which words, is for the documented cases to show.
        reasons = [reason["Code"] for reason in error.response.get("CancellationReasons", [])]
        return {"Error": error.response["Error"]["Code"], "Reasons": reasons}
    return {key: value for key, value in got.items() if key not in ("ResponseMetadata", "ConsumedCapacity")}


def alike(ours: Any, motos: Any) -> bool:
    """Both carried out with one answer, or both refused. Where we judge a request earlier than moto, or name an item
    where moto ends the whole transaction, only that it is refused must agree."""
    invalid = ours.get("Error") == "ValidationException" or "ValidationError" in ours.get("Reasons", [])
    return ("Error" in motos) if invalid else bool(ours == motos)


class Caller:
    """Random calls on few keys, so that conditions and transactions meet what is there."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def key(self) -> dict[str, Any]:
        pick = self.random
        return {"pk": {"S": f"P#{pick.randrange(3)}"}, "sk": {"S": f"V#{pick.randrange(12):02}"}}

    def table(self) -> str:
        return self.random.choice(["visits", "visits", "people"])

    def value(self, depth: int = 0) -> dict[str, Any]:
        pick = self.random
        plain: list[dict[str, Any]] = [
            {"S": pick.choice(["", "a", "医", "x" * 300])},
            {"N": str(pick.choice([0, 1, -3, "2.5", "1000"]))},
            {"B": bytes([0, 255, pick.randrange(256)])},
            {"BOOL": pick.random() < 0.5},
            {"NULL": True},
            {"SS": sorted({"a", pick.choice("abc")})},
            {"NS": ["1", "2.5"]},
            {"BS": [b"\x00", b"\xff"]},
        ]
        if depth < 3 and pick.random() < 0.3:
            plain = [{"M": {"in": self.value(depth + 1)}}, {"L": [self.value(depth + 1), self.value(depth + 1)]}]
        return pick.choice(plain)

    def item(self) -> dict[str, Any]:
        pick = self.random
        item = {**self.key(), "left": {"N": str(pick.randrange(3))}, "any": self.value()}
        if pick.random() < 0.8:
            item["list1pk"] = {"S": f"L#{pick.randrange(2)}"}
        if pick.random() < 0.8:
            item["list1sk"] = {"S": f"{pick.randrange(5)}"}
        if pick.random() < 0.8:
            item["score"] = {"N": str(pick.choice([-1, "0.5", 2, 10, "100"]))}
        return item

    def condition(self) -> dict[str, Any]:
        if self.random.random() < 0.4:
            return {}
        text, values = self.random.choice(
            [
                ("attribute_not_exists(pk)", None),
                ("attribute_exists(pk)", None),
                ("#left > :zero", {":zero": {"N": "0"}}),
                ("#left = :one OR attribute_not_exists(sk)", {":one": {"N": "1"}}),
            ]
        )
        found: dict[str, Any] = {"ConditionExpression": text}
        if "#left" in text:
            found["ExpressionAttributeNames"] = {"#left": "left"}
        if values:
            found["ExpressionAttributeValues"] = values
        if self.random.random() < 0.5:
            found["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return found

    def change(self) -> dict[str, Any]:
        """Parameters of an update, some of them wrong."""
        expression, values = self.random.choice(
            [
                ("SET #left = if_not_exists(#left, :n) + :n", {":n": {"N": "1"}}),
                ("SET #left = :n, list1sk = :s", {":n": {"N": "2"}, ":s": {"S": str(self.random.randrange(5))}}),
                ("REMOVE list1pk ADD seen :n", {":n": {"N": "3"}}),
                ("SET big = :s", {":s": {"S": "x" * 410_000}}),
                ("SET #left = missing + :n", {":n": {"N": "1"}}),
                ("SET #left = ", None),
                ("ADD tags :set", {":set": {"SS": ["t"]}}),
                ("SET any.#left = :n", {":n": {"N": "7"}}),
            ]
        )
        found: dict[str, Any] = {"UpdateExpression": expression, **self.condition()}
        names = {"#left": "left"} if "#left" in expression + found.get("ConditionExpression", "") else {}
        values = {**(values or {}), **found.get("ExpressionAttributeValues", {})}
        found.pop("ExpressionAttributeNames", None)
        return {
            **found,
            **({"ExpressionAttributeNames": names} if names else {}),
            **({"ExpressionAttributeValues": values} if values else {}),
        }

    def write(self) -> Call:
        pick = self.random.random()
        if pick < 0.25:
            return "put_item", {"TableName": self.table(), "Item": self.item(), **self.condition()}
        if pick < 0.40:
            returned = self.random.choice(["NONE", "ALL_OLD", "ALL_NEW", "UPDATED_NEW"])
            change = {"TableName": self.table(), "Key": self.key(), "ReturnValues": returned}
            return "update_item", {**change, **self.change()}
        if pick < 0.50:
            return "delete_item", {"TableName": self.table(), "Key": self.key(), **self.condition()}
        if pick < 0.55:
            return "batch_write_item", {"RequestItems": self.batch()}
        return "transact_write_items", {"TransactItems": [self.step() for _ in range(self.random.randint(1, 4))]}

    def batch(self) -> dict[str, Any]:
        items = {json.dumps(item["sk"]): item for item in (self.item() for _ in range(4))}
        return {"visits": [{"PutRequest": {"Item": item}} for item in items.values()]}

    def step(self) -> dict[str, Any]:
        table, pick = {"TableName": self.table()}, self.random.random()
        if pick < 0.35:
            return {"Put": {**table, "Item": self.broken() if self.random.random() < 0.05 else self.item(),
                            **self.condition()}}  # fmt: skip
        if pick < 0.65:
            return {"Update": {**table, "Key": self.key(), **self.change()}}
        if pick < 0.85:
            return {"Delete": {**table, "Key": self.key(), **self.condition()}}
        check = {}
        while not check:
            check = self.condition()
        return {"ConditionCheck": {**table, "Key": self.key(), **check}}

    def broken(self) -> dict[str, Any]:
        item = self.item()
        match self.random.randrange(3):
            case 0:
                item["sk"] = {"N": "1"}
            case 1:
                item["big"] = {"S": "y" * 410_000}
            case _:
                item["pk"] = {"S": ""}
        return item

    def query(self) -> Call:
        pick = self.random
        index, hash_attr, range_attr = pick.choice(
            [(None, "pk", "sk"), ("list1", "list1pk", "list1sk"), ("scores", "list1pk", "score")]
        )
        operand = {"N": str(pick.choice([-5, 0, "0.5", 10]))} if range_attr == "score" else {"S": pick.choice("V13")}
        where = pick.choice(["", " AND #r = :v", " AND #r >= :v", " AND #r < :v", " AND #r BETWEEN :v AND :w"])
        if range_attr != "score" and pick.random() < 0.3:
            where = " AND begins_with(#r, :v)"
        values = {":h": {"S": pick.choice(["P#0", "P#1", "L#0", "L#1", "nobody"])}}
        arguments: dict[str, Any] = {
            "TableName": self.table(),
            "KeyConditionExpression": "#h = :h" + where,
            "ExpressionAttributeNames": {"#h": hash_attr},
            "ScanIndexForward": pick.random() < 0.5,
        }
        if where:
            arguments["ExpressionAttributeNames"]["#r"] = range_attr
            values[":v"] = operand
        if ":w" in where:
            values[":w"] = {"N": "11"} if range_attr == "score" else {"S": "V#09"}
        if index:
            arguments["IndexName"] = index
        if pick.random() < 0.7:
            arguments["Limit"] = pick.randint(1, 6)
        if pick.random() < 0.2:
            arguments["FilterExpression"] = "attribute_exists(seen)"
        return "query", {**arguments, "ExpressionAttributeValues": values}


def compare_pages(twins: Twins, call: Call) -> None:
    """The same query, page after page, to its end or eight pages far."""
    name, arguments = call
    for _ in range(8):
        ours, motos = twins.both((name, arguments))
        if ours.get("ScannedCount") == arguments.get("Limit") and "LastEvaluatedKey" not in motos:
            # DynamoDB answers a last key whenever the limit is reached; moto looks whether more comes.
            assert ours.pop("LastEvaluatedKey", None) is not None, call
        assert ours == motos, call
        if "LastEvaluatedKey" not in ours:
            return
        arguments = {**arguments, "ExclusiveStartKey": ours["LastEvaluatedKey"]}


def compare(make_table: Callable[..., None], seed: int, calls: int) -> None:
    caller = Caller(seed)
    with mock_aws():
        twins = Twins(make_table)
        fill = [("put_item", {"TableName": "visits", "Item": {
            **caller.item(), "pk": {"S": "P#0"}, "sk": {"S": f"V#{number:03}"}}}) for number in range(90)]  # fmt: skip
        for call in fill:
            twins.both(call)
        for _ in range(calls):
            before = twins.tables(OURS)
            call = caller.write()
            ours, motos = twins.both(call)
            assert alike(ours, motos), (seed, call, ours, motos)
            if "Error" in ours:
                assert twins.tables(OURS) == before, (seed, call)
                if call[0] == "update_item":
                    # moto leaves the item that a failed update has begun; DynamoDB and we do not.
                    twins.align()
            assert twins.tables(OURS) == twins.tables(MOTOS), (seed, call)
            compare_pages(twins, caller.query())


@pytest.mark.store
@pytest.mark.parametrize("seed", [1, 2])
def test_a_hundred_random_calls_answer_as_moto_does(seed: int, make_table: Callable[..., None]) -> None:
    compare(make_table, seed, 100)


@pytest.mark.store
@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(10, 20))
def test_many_random_calls_answer_as_moto_does(seed: int, make_table: Callable[..., None]) -> None:
    compare(make_table, seed, 400)
