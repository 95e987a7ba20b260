"""Random conditions, transactions, indexes and pages against a model of a table that is simple enough to be right.

The folder is closed and opened again on the way, so that what was loaded must behave as what was written.
"""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.local.store import Store, installed
from tests.nightly import write_section

SEEDS = range(100, 104)
"""Of the long form."""

Key = tuple[str, str]
Row = dict[str, Any]
"""Attribute -> int, str or list of str."""

Judge = Callable[[Row | None], bool]
Change = Callable[[Row], Row]

CONDITIONS: list[tuple[str, str, Callable[[int], Judge]]] = [
    ("exists", "attribute_exists(pk)", lambda n: lambda row: row is not None),
    ("is new", "attribute_not_exists(pk)", lambda n: lambda row: row is None),
    ("more left", "places > :n", lambda n: lambda row: row is not None and row.get("places", -9) > n),
    ("or new", "places = :n OR attribute_not_exists(sk)", lambda n: lambda row: row is None or row.get("places") == n),
    ("in", "places IN (:n, :m)", lambda n: lambda row: row is not None and row.get("places") in (n, n + 1)),
    ("not between", "NOT places BETWEEN :n AND :m", lambda n: lambda row: not (
        row is not None and n <= row.get("places", -9) <= n + 1)),
    ("other than", "places <> :n", lambda n: lambda row: (row or {}).get("places") != n),
]  # fmt: skip


class Asked:
    """A condition with its words and its judgement."""

    def __init__(self, pick: random.Random) -> None:
        _, self.text, judge = pick.choice(CONDITIONS)
        self.n = pick.randrange(4)
        self.holds = judge(self.n)

    def parameters(self) -> dict[str, Any]:
        values = {
            f":{name}": {"N": str(self.n + more)} for name, more in (("n", 0), ("m", 1)) if f":{name}" in self.text
        }
        return {"ConditionExpression": self.text, **({"ExpressionAttributeValues": values} if values else {})}


class Model:
    """The rows, and what a caller may expect."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.rows: dict[Key, Row] = {}
        self.tokens: dict[str, tuple[str, list[dict[str, Any]]]] = {}
        self.refused = self.done = self.canceled = 0

    def key(self) -> Key:
        return f"P{self.pick.randrange(3)}", f"{self.pick.randrange(25):02}"

    def row(self) -> Row:
        row: Row = {"places": self.pick.randrange(5), "note": "医" * self.pick.randrange(40)}
        if self.pick.random() < 0.8:
            row |= {"list1pk": self.pick.choice("xy"), "list1sk": f"{self.pick.randrange(6)}"}
        if self.pick.random() < 0.6:
            row["score"] = self.pick.choice([-20, -3, 0, 7, 100, 1000])
        return row

    def change(self) -> tuple[str, dict[str, Any], Change]:
        """(expression, values, what it does to a row that is there)."""
        number = self.pick.randrange(1, 4)
        n, s = {":c": {"N": str(number)}}, {":s": {"S": str(number)}}
        return self.pick.choice(
            [
                ("SET places = if_not_exists(places, :c) + :c", n,
                 lambda row: {**row, "places": row.get("places", number) + number}),
                ("ADD seen :c", n, lambda row: {**row, "seen": row.get("seen", 0) + number}),
                ("SET list1sk = :s REMOVE score", s,
                 lambda row: {k: v for k, v in row.items() if k != "score"} | {"list1sk": str(number)}),
                ("REMOVE list1pk SET note = :s", s,
                 lambda row: {k: v for k, v in row.items() if k != "list1pk"} | {"note": str(number)}),
                ("SET words = list_append(if_not_exists(words, :e), :l)",
                 {":e": {"L": []}, ":l": {"L": [{"S": str(number)}]}},
                 lambda row: {**row, "words": [*row.get("words", []), str(number)]}),
            ]
        )  # fmt: skip


def wire(row: Row) -> dict[str, Any]:
    """The row as DynamoDB JSON."""

    def value(one: Any) -> dict[str, Any]:
        if isinstance(one, list):
            return {"L": [value(inner) for inner in one]}
        return {"N": str(one)} if isinstance(one, int) else {"S": one}

    return {name: value(one) for name, one in row.items()}


def named(key: Key) -> dict[str, Any]:
    return wire({"pk": key[0], "sk": key[1]})


class Player:
    """Plays random calls on a client and on the model, and compares what comes of them."""

    def __init__(self, model: Model, client: Any) -> None:
        self.model, self.client, self.pick = model, client, model.pick

    def step(self) -> tuple[dict[str, Any], Key, Asked | None, Change | None, Row | None]:
        """One write: (transaction item, key, condition, change in place, new row)."""
        key, asked = self.model.key(), Asked(self.pick) if self.pick.random() < 0.6 else None
        operation: dict[str, Any] = {"TableName": "visits", **(asked.parameters() if asked else {})}
        match self.pick.choice(["put", "put", "update", "update", "delete", "check"]):
            case "put":
                row = self.model.row()
                return {"Put": {**operation, "Item": {**named(key), **wire(row)}}}, key, asked, None, row
            case "update":
                text, values, change = self.model.change()
                values = {**values, **operation.pop("ExpressionAttributeValues", {})}
                more = {"UpdateExpression": text, "ExpressionAttributeValues": values}
                return {"Update": {**operation, "Key": named(key), **more}}, key, asked, change, None
            case "delete":
                return {"Delete": {**operation, "Key": named(key)}}, key, asked, None, None
        asked = asked or Asked(self.pick)
        check = {"TableName": "visits", "Key": named(key), **asked.parameters()}
        return {"ConditionCheck": check}, key, asked, lambda row: row, None

    def single(self) -> None:
        item, key, asked, change, row = self.step()
        ((kind, operation),) = item.items()
        if kind == "ConditionCheck":
            return
        call = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind]
        before = self.model.rows.get(key)
        holds = asked is None or asked.holds(before)
        try:
            answer = getattr(self.client, call)(**operation, ReturnValues="ALL_OLD")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ConditionalCheckFailedException", item
            assert not holds, item
            self.model.refused += 1
            return
        assert holds, (item, before)
        assert answer.get("Attributes") == (None if before is None else {**named(key), **wire(before)})
        self.apply(item, key, change, row)
        self.model.done += 1

    def apply(self, item: dict[str, Any], key: Key, change: Change | None, row: Row | None) -> None:
        rows = self.model.rows
        if "Delete" in item:
            rows.pop(key, None)
        elif row is not None:
            rows[key] = row
        elif change is not None and "Update" in item:
            rows[key] = change(rows.get(key, {}))

    def transaction(self) -> None:
        steps = {step[1]: step for step in (self.step() for _ in range(self.pick.randint(1, 5)))}
        token = f"t{self.pick.randrange(10**9)}"
        items = [step[0] for step in steps.values()]
        expected = [
            "None" if asked is None or asked.holds(self.model.rows.get(key)) else "ConditionalCheckFailed"
            for key, (_, _, asked, _, _) in steps.items()
        ]
        try:
            self.client.transact_write_items(TransactItems=items, ClientRequestToken=token)
        except ClientError as error:
            assert [reason["Code"] for reason in error.response["CancellationReasons"]] == expected, items
            assert "ConditionalCheckFailed" in expected
            self.model.canceled += 1
            return
        assert set(expected) == {"None"}, items
        for key, (item, _, _, change, row) in steps.items():
            self.apply(item, key, change, row)
        self.model.done += 1
        if self.pick.random() < 0.3:
            self.client.transact_write_items(TransactItems=items, ClientRequestToken=token)

    def batch(self) -> None:
        keys = {self.model.key() for _ in range(4)}
        requests = []
        for key in sorted(keys):
            if self.pick.random() < 0.3:
                requests.append({"DeleteRequest": {"Key": named(key)}})
                self.model.rows.pop(key, None)
            else:
                row = self.model.rows[key] = self.model.row()
                requests.append({"PutRequest": {"Item": {**named(key), **wire(row)}}})
        assert self.client.batch_write_item(RequestItems={"visits": requests})["UnprocessedItems"] == {}

    def look(self) -> None:
        """A query of the table or an index, page after page."""
        index, hash_name, range_name = self.pick.choice(
            [(None, "pk", "sk"), ("list1", "list1pk", "list1sk"), ("scores", "list1pk", "score")]
        )
        whole = [{"pk": pk, "sk": sk, **row} for (pk, sk), row in self.model.rows.items()]
        held = [row for row in whole if hash_name in row and range_name in row]
        wanted = self.pick.choice(["P0", "P1", "P2"] if index is None else ["x", "y", "z"])
        low, high = sorted(
            self.pick.choice([[0, 7], [-5, 500]]) if range_name == "score" else self.pick.sample("012345", 2)
        )
        text, fits = self.pick.choice(
            [
                ("", lambda v: True), (" AND #r >= :l", lambda v: v >= low), (" AND #r < :l", lambda v: v < low),
                (" AND #r BETWEEN :l AND :h", lambda v: low <= v <= high), (" AND #r = :l", lambda v: v == low),
            ]
        )  # fmt: skip
        forward, limit = self.pick.random() < 0.5, self.pick.choice([None, 1, 2, 3, 7])
        found = [row for row in held if row[hash_name] == wanted and fits(row[range_name])]
        found.sort(key=lambda row: (row[range_name], row["pk"], row["sk"]), reverse=not forward)
        filtered = self.pick.random() < 0.3
        values = wire({":w": wanted, ":l": low, ":h": high})
        arguments: dict[str, Any] = {
            "TableName": "visits",
            "KeyConditionExpression": "#h = :w" + text,
            "ExpressionAttributeNames": {"#h": hash_name, **({"#r": range_name} if text else {})},
            "ExpressionAttributeValues": {name: one for name, one in values.items() if name == ":w" or name in text},
            "ScanIndexForward": forward,
            **({"IndexName": index} if index else {}),
            **({"Limit": limit} if limit else {}),
        }
        if filtered:
            arguments |= {"FilterExpression": "places > :two"}
            arguments["ExpressionAttributeValues"][":two"] = {"N": "2"}
        shown, looked_at = [], 0
        while True:
            page = self.client.query(**arguments)
            shown += page["Items"]
            looked_at += page["ScannedCount"]
            assert limit is None or page["ScannedCount"] <= limit
            assert ("LastEvaluatedKey" in page) == (page["ScannedCount"] == limit)
            if "LastEvaluatedKey" not in page:
                break
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        expected = [row for row in found if not filtered or row.get("places", 0) > 2]
        assert shown == [wire(row) for row in expected], arguments
        assert looked_at == len(found)

    def check_all(self) -> None:
        pages = self.client.get_paginator("scan").paginate(TableName="visits", PaginationConfig={"PageSize": 9})
        items = {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}
        assert items == {key: {**named(key), **wire(row)} for key, row in self.model.rows.items()}


def play(folder: Path, make_table: Callable[..., None], seed: int, calls: int, times: int) -> Model:
    """Opens the folder `times` times and makes that many calls each time."""
    model = Model(seed)
    for _ in range(times):
        with Store.open(folder) as store, mock_aws(), installed(store):
            client = boto3.client("dynamodb")
            make_table(client)
            store.load()
            player = Player(model, client)
            player.check_all()
            for _ in range(calls):
                moves = [player.single, player.transaction, player.batch]
                model.pick.choices(moves, [5, 4, 1])[0]()
                player.look()
            player.check_all()
    print(f"seed {seed}: {model.done} done, {model.refused} refused, {model.canceled} canceled")
    return model


@pytest.mark.store
@pytest.mark.parametrize("seed", [1, 2])
def test_random_calls_do_what_the_model_does(seed: int, tmp_path: Path, make_table: Callable[..., None]) -> None:
    model = play(tmp_path, make_table, seed, calls=50, times=2)
    assert min(model.done, model.refused, model.canceled) > 5


@pytest.mark.store
@pytest.mark.nightly
def test_many_random_calls_do_what_the_model_does(tmp_path: Path, make_table: Callable[..., None]) -> None:
    models = [play(tmp_path / str(seed), make_table, seed, calls=500, times=3) for seed in SEEDS]
    done, refused, canceled = (sum(getattr(each, name) for each in models) for name in ("done", "refused", "canceled"))
    said = (
        "Random writes, conditions, transactions, batches, queries and pages on a folder that is closed and opened, "
        f"from {len(SEEDS)} seeds: {done:,} carried out, {refused:,} refused by a condition, {canceled:,} transactions "
        f"canceled, {len(SEEDS) * 1500:,} queries read to their end, each as a simple model of a table expects."
    )
    write_section("The store against a model", [said])
